"""The live page: an HTTP and WebSocket server, and what it serves. No ROS here: page_node feeds it."""
