"""The question sets, and the script that pins their gold quotes to offsets."""
