"""One send, from prompt to stored reply. No Textual."""
