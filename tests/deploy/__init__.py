"""What runs Nhịp: compose, image, systemd unit, example database and scripts, read as the programs that take them read them."""
