"""Quizzes: questions in YAML beside a chapter, one widget for the book and for JupyterLab."""

from mlops_landscape.quiz.questions import (
    Choice,
    Matching,
    NearMiss,
    Option,
    OrderedItem,
    Ordering,
    Pair,
    Question,
    QuizData,
    Short,
    load_quiz,
    quiz_names,
    quiz_path,
)
from mlops_landscape.quiz.widget import Quiz, quiz

__all__ = [
    "Choice",
    "Matching",
    "NearMiss",
    "Option",
    "OrderedItem",
    "Ordering",
    "Pair",
    "Question",
    "Quiz",
    "QuizData",
    "Short",
    "load_quiz",
    "quiz",
    "quiz_names",
    "quiz_path",
]
