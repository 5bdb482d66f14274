"""The history on a server, with a file of this machine before it: nothing that is done waits for the server.

Each act is in the file first, and pushed to the server in order, exactly once. The file also has what of the
server is to be read while it can't be reached. Only ``history.opening`` knows it. Read ``history`` first.

    history                 the protocol, done
    acts                    what is done, as facts
    journal                 the acts in their order
    numbers                 numbers that no other machine gives, and other ones where one does
    pusher                  brings them to the server
    carrier                 brings the contents of files, behind and beside them
    there                   acts done on the server
    mirror                  keeps up with what changes there
    here                    what of the server is kept here
    examination             what is shown of it to who has trouble
"""
