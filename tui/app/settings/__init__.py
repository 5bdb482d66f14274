"""What a person sets for the whole app.

A feature: ``features`` alone knows it. Read ``theming`` first: it is the smallest feature.

All settings::

    changing                opens the list, and is what it works on
    settings_screen         the list, and how each is changed
    setting_rows            how they are drawn and explained
    every_setting           which there are, keys too
    key_sheet               a key is pressed

The theme::

    theming                 by name, or from the list
    theme_chooser           the list
"""
