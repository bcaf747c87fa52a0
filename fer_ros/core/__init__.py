"""Detection to tracked expressions: numpy and OpenCV only; never rclpy, never TensorFlow at import."""
