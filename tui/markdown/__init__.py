"""What is a mark of Markdown in a chat, and what is a character that somebody typed."""
