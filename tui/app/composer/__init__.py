"""Where the next message is written.

``composer`` is the widget. It owns ``files``, which go along, ``completion`` with the ``slash_menu`` above,
``recall`` of earlier prompts, ``enter``, and ``vim_keys`` over ``vim``, if they are wanted.
"""
