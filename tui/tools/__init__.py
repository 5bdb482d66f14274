"""What a model may use, with what the person allows."""
