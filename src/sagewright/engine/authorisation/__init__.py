"""What a request asks for, in the words of policies: actions on resources (AWS Service Authorization Reference).

Pure: an operation and its params go in, `Asked` come out; whoever decides is elsewhere (`engine/policies`).
"""
