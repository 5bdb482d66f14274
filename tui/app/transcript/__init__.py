"""The conversation that is read: ``transcript`` puts the keys of a chosen message on the list of messages.

Its parts: ``walk`` from message to message and back, ``line_selection``, ``numbers`` on code and links. Below
it stands the ``find_bar``.
"""
