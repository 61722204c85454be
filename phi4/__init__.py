"""PHi-4: a folder of Korean documents becomes a reasoning chatbot that has been examined on them.

Levels, highest first; a module imports only from levels below its own
(``tests/test_architecture.py`` reads this list):

    cli
    pipeline
    server, evaluation, scale
    documents, seeds, dataset, training, chat, export
    cards, origins
    teachers, weights, prompts, chat_format, korean, settings
    engines
    jsonl
    records
    paths, progress, machine, program
    errors
"""

__version__ = "0.1.0"
__all__ = ["__version__"]
