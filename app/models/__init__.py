"""What writes the answer: chat models, and the extractive answerer without one."""
