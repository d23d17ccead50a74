"""What has no form as columns is said while planning, with the provision and why."""
