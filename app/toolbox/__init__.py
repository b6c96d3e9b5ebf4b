"""Which of our tools models may call, how they are made from the application, and what they write."""
