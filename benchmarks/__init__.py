"""What `make bench` runs: quality and speed, side by side with yardsticks. It asserts nothing."""
