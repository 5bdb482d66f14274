"""How a conversation is answered: everything that a person decides of it, in one place.

A feature: ``features`` alone knows it. Read ``options`` first.

What is done::

    options                 opens the sheet and is what it works on; the next model, the next effort
    wearing                 personas: chosen, made

The sheet::

    options_sheet           the list, and how each is changed
    option_rows             how it is drawn and explained
"""
