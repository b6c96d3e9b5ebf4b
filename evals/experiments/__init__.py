"""Running a suite through the application, and the file a run leaves."""
