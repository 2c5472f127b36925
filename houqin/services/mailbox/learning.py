"""Learning from letters, as a program of its own: ``python -m houqin.services.mailbox.learning`` reads one request as JSON
and answers in JSON.

A job runs it as a child process, so that neither the web processes nor the worker ever hold the libraries that it
needs, and their memory is given back at the end. It knows nothing of Django and of the database. What was learned leaves as
an ``.npz`` of plain arrays (no pickle is written, none is read).
"""

from __future__ import annotations

import base64
import io
import json
import math
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import rjieba

#: The newest letters are held back, the model is judged on them, and then made anew from all.
HELD_BACK = 0.2
MOST_FEATURES = 12_000
_MOST_WORDS = 1200
_FILLERS = frozenset(
    "的了是在我们你他她它这那都很太也和与就还有要希望建议请能否可以不吧吗呢啊最近一个点给把被对让上下里中到从为"
)


def features(text: str) -> list[str]:
    """Words by dictionary (jieba) and pairs of neighbouring characters; what is no letter or figure counts for nothing."""
    text = text[:_MOST_WORDS]
    words = [word for word in rjieba.cut(text) if word.isalnum()]
    signs = "".join(sign if sign.isalnum() else " " for sign in text)
    pairs = [signs[at : at + 2] for at in range(len(signs) - 1) if " " not in signs[at : at + 2]]
    return words + [f"~{pair}" for pair in pairs]


def content(text: str) -> list[str]:
    """Words and single characters that carry what is meant: the same matter is put in other words, in another order."""
    text = text[:_MOST_WORDS]
    words = [word for word in rjieba.cut(text) if word.isalnum() and not _FILLERS.issuperset(word)]
    return words + [f"~{sign}" for sign in text if sign.isalnum() and sign not in _FILLERS]


# Training ---------------------------------------------------------------------------------------------------------


def train(letters: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Learn category and section from sorted letters, oldest first: ``{"words", "category", "section"}``.

    Answers the weights and how good they are on the newest fifth, beside naming always what is most frequent.
    """
    texts = [each["words"] for each in letters]
    held = max(1, round(len(texts) * HELD_BACK))
    figures: dict[str, Any] = {"letters": len(texts), "held_back": held}
    categories = [each["category"] for each in letters]
    sections = [str(each["section"]) for each in letters]
    vectorizer, matrix = _vectors(texts[:-held])
    new = vectorizer.transform(texts[-held:])
    for name, labels in (("category", categories), ("section", sections)):
        figures[name] = _judge(matrix, new, labels[:-held], labels[-held:])
    vectorizer, matrix = _vectors(texts)
    arrays = {
        "vocabulary": np.array(vectorizer.get_feature_names_out(), dtype=str),
        "idf": vectorizer.idf_.astype("float32"),
    }
    for name, labels in (("category", categories), ("section", sections)):
        classes, weights, bias = _fit(matrix, labels)
        arrays |= {f"{name}_classes": classes, f"{name}_weights": weights, f"{name}_bias": bias}
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)
    return {"figures": figures, "weights": base64.b64encode(out.getvalue()).decode()}


def _vectors(texts: Sequence[str]) -> tuple[Any, Any]:
    from sklearn.feature_extraction.text import (
        TfidfVectorizer,  # takes seconds to load; only training needs it
    )

    vectorizer = TfidfVectorizer(
        analyzer=features, sublinear_tf=True, min_df=2 if len(texts) > 60 else 1, max_features=MOST_FEATURES
    )
    return vectorizer, vectorizer.fit_transform(texts)


def _fit(matrix: Any, labels: Sequence[str]) -> tuple[Any, Any, Any]:
    """Classes with weights and bias for each; two classes as one above and one below nought."""
    from sklearn.linear_model import LogisticRegression

    classes = sorted(set(labels))
    if len(classes) == 1:
        width = matrix.shape[1]
        return np.array(classes, dtype=str), np.zeros((1, width), "float16"), np.zeros(1, "float32")
    model = LogisticRegression(C=8, max_iter=400, class_weight="balanced").fit(matrix, labels)
    weights, bias = model.coef_, model.intercept_
    if len(classes) == 2:
        weights, bias = np.vstack([-weights[0], weights[0]]) / 2, np.array([-bias[0], bias[0]]) / 2
    return np.array(model.classes_, dtype=str), weights.astype("float16"), bias.astype("float32")


def _judge(matrix: Any, new: Any, known: Sequence[str], truth: Sequence[str]) -> dict[str, float]:
    from sklearn.metrics import accuracy_score, f1_score

    classes, weights, bias = _fit(matrix, known)
    found = classes[np.asarray(new @ weights.astype("float32").T + bias).argmax(axis=1)]
    usual = Counter(known).most_common(1)[0][0]
    present = sorted(set(truth))

    def both(guessed: Sequence[str]) -> tuple[float, float]:
        f1 = f1_score(truth, guessed, labels=present, average="macro", zero_division=0)
        return float(accuracy_score(truth, guessed)), float(f1)

    accuracy, macro_f1 = both(list(found))
    baseline_accuracy, baseline_macro_f1 = both([usual] * len(truth))
    return {
        "accuracy": accuracy,
        "macro_f1": macro_f1,
        "baseline_accuracy": baseline_accuracy,
        "baseline_macro_f1": baseline_macro_f1,
    }


# Suggesting -------------------------------------------------------------------------------------------------------


def suggest(weights: str, letters: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Category and section for each letter, with the probability the model gives them."""
    arrays = np.load(io.BytesIO(base64.b64decode(weights)), allow_pickle=False)
    column = {word: number for number, word in enumerate(arrays["vocabulary"].tolist())}
    heads = {
        name: (arrays[f"{name}_classes"], arrays[f"{name}_weights"].astype("float32"), arrays[f"{name}_bias"])
        for name in ("category", "section")
    }
    found = []
    for letter in letters:
        columns, values = _weighed(features(letter["words"]), column, arrays["idf"])
        answer: dict[str, Any] = {"id": letter["id"]}
        for name, (classes, table, bias) in heads.items():
            scores = table[:, columns] @ values + bias
            chances = np.exp(scores - scores.max())
            best = int(chances.argmax())
            answer[name] = str(classes[best])
            answer[f"{name}_confidence"] = float(chances[best] / chances.sum())
        found.append(answer)
    return found


def _weighed(words: Iterable[str], column: dict[str, int], idf: Any) -> tuple[list[int], Any]:
    counts = Counter(column[word] for word in words if word in column)
    columns = list(counts)
    values = np.array([1 + math.log(counts[each]) for each in columns], "float32") * idf[columns]
    length = float(np.linalg.norm(values))
    return columns, values / length if length else values


# Likeness ---------------------------------------------------------------------------------------------------------


def alike(new: Sequence[dict[str, Any]], recent: Sequence[dict[str, Any]], least: float) -> list[list[Any]]:
    """Pairs of letters whose words are alike: ``[id, id, cosine]``, weighted by how rare words are among these letters."""
    texts = {each["id"]: Counter(content(each["words"])) for each in (*recent, *new)}
    spread = Counter(word for words in texts.values() for word in words)
    vectors = {}
    for identity, words in texts.items():
        vector = {
            word: (1 + math.log(times)) * (math.log((1 + len(texts)) / (1 + spread[word])) + 1)
            for word, times in words.items()
        }
        length = math.sqrt(sum(value * value for value in vector.values())) or 1.0
        vectors[identity] = {word: value / length for word, value in vector.items()}
    pairs = []
    newcomers = [each["id"] for each in new]
    for one in newcomers:
        for other, vector in vectors.items():
            if other == one or (other in newcomers and other > one):
                continue
            mine = vectors[one]
            likeness = sum(value * mine[word] for word, value in vector.items() if word in mine)
            if likeness >= least:
                pairs.append([min(one, other), max(one, other), min(1.0, likeness)])
    return pairs


def main() -> None:
    """One request from standard input, one answer to standard output."""
    request = json.load(sys.stdin)
    if request["do"] == "train":
        answer = train(request["letters"])
    else:
        letters = request["letters"]
        answer = {
            "suggestions": suggest(request["weights"], letters) if request.get("weights") else [],
            "alike": alike(letters, request["recent"], request["least"]),
        }
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
