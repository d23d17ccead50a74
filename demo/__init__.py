"""What makes the demo real: a course, its films and handouts, and its question bank."""
