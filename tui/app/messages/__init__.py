"""How one message is drawn, wherever it is shown."""
