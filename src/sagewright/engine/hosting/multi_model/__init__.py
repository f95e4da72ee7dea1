"""Many models behind one server, loaded when they are asked for (`contract.md` 2.7).

Which models are loaded is what the server says: whoever invokes asks it, so that nothing has to be kept right when a
server is replaced or a caller killed. Beside that an instance has a folder for each model and a file that says when it
was last used, which is also the lock of whoever loads or unloads it.
"""
