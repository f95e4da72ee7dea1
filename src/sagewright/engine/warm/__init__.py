"""Warm interpreters: the next job's Python, with its libraries imported already (`platform.md` 3).

A job with `KeepAlivePeriodInSeconds` notes at its end which modules its Python has imported (`notes`). Its host then
starts a process of the same interpreter with the same variables that imports them, computes nothing, and waits
(`keeping`, `interpreter`). The next matching job's program asks at its door (`door`) and becomes a fork of it in its
own namespaces (`becoming`). Where anything differs that an import may have looked at, the answer is no (`checks`), and
the program is started as ever: what a program sees does not depend on which of the two happened.

    <home>/warm/<id>/
    ├── facts.json      what to import, and how the interpreter was started
    ├── socket          where programs ask
    ├── until           unix seconds at which the interpreter leaves; it also leaves when the folder is gone
    └── log             what its imports print
"""
