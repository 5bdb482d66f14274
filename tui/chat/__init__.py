"""What a conversation is. Pure: no input or output, no asyncio, no Textual."""
