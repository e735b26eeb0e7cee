"""What is wrong with a whole file. A single row that is wrong does not end the reading."""


class FileUnreadable(Exception):
    """``code`` is for programs and permanent; ``sentence`` is for people and says where."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
