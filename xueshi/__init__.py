"""学时: hours of continuing education that can be believed."""
