"""Personal data that has a form of its own. Names of people and places have none, and are not found."""
