"""What a person sets for the whole app.

A feature: ``features`` alone knows it. Read ``theming`` first: it is the smallest feature.

The theme::

    theming                 by name, or from the list
    theme_chooser           the list
"""
