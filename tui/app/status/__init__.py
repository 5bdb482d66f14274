"""What stands round the conversation: title, status, keys, notices."""
