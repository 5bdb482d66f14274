"""Choosing a model, and connecting those who have them.

A feature: ``features`` alone knows it. Read ``models`` first.

What is done::

    models                  use, choose, connect
    servers                 servers that a person adds
    first_model             helps to a first one

What is seen::

    picker                  the picker
    model_rows              its rows
    connect                 a key to paste
    connect_server          an address to type
    first_run               the first screen
    first_run.tcss          its styles
    start_rows              its rows
"""
