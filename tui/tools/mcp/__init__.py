"""Servers of the Model Context Protocol: the tools, resources and prompts that they offer.

``servers`` has all that are configured; nothing is started before it is used. ``server`` is one of them: the
task that owns its connection, its states and restarts, its calls. What knows the SDK is behind
``connection``, which is imported in a thread when the first server starts: ``stdio`` and ``http`` are the
ways to a server, ``wire`` mends what comes over them, ``content`` makes of it what a conversation can hold,
``oauth`` signs in. ``imports`` reads how other programs have their servers configured.
"""
