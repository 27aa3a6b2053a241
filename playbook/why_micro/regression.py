"""Least squares with standard errors that do not need equal spread (HC3)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Fit:
    """A fitted line.

    Attributes
    ----------
    coefficients, covariance : ndarray
        Of shape (p,) and (p, p).
    n, df : int
        Rows, and rows less coefficients.
    """

    coefficients: np.ndarray
    covariance: np.ndarray
    n: int
    df: int

    def band(self, weights: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return estimate, low and high of weighted sums of the coefficients, one a row of weights, by Student's t."""
        from scipy.special import stdtrit

        estimate = weights @ self.coefficients
        away = stdtrit(self.df, (1 + level) / 2) * np.sqrt(np.maximum(((weights @ self.covariance) * weights).sum(axis=1), 0.0))
        return estimate, estimate - away, estimate + away

    def coefficient(self, position: int, level: float) -> tuple[float, float, float]:
        """Return estimate, low and high of one coefficient."""
        estimate, low, high = self.band(np.eye(len(self.coefficients))[[position]], level)
        return float(estimate[0]), float(low[0]), float(high[0])


def least_squares(x: np.ndarray, y: np.ndarray) -> Fit | None:
    """Fit by least squares, with the HC3 covariance of MacKinnon and White (1985).

    Parameters
    ----------
    x : ndarray of shape (n, p)
        With its column of ones.
    y : ndarray of shape (n,)

    Returns
    -------
    Fit or None
        None where the rows cannot tell the columns apart, or are fewer than the columns plus three.

    Examples
    --------
    >>> x = np.column_stack([np.ones(6), np.arange(6.0)])
    >>> fit = least_squares(x, 1 + 2 * np.arange(6.0) + np.array([0.1, -0.1, 0.1, -0.1, 0.1, -0.1]))
    >>> fit.coefficients.round(1).tolist()
    [1.0, 2.0]
    """
    n, p = x.shape
    if n < p + 3 or np.linalg.matrix_rank(x) < p:
        return None
    bread = np.linalg.pinv(x.T @ x)
    coefficients = bread @ x.T @ y
    leverage = ((x @ bread) * x).sum(axis=1)
    # a creator that alone holds up a column has leverage 1: its residual says nothing, and must not divide by 0
    residual = (y - x @ coefficients) / np.maximum(1 - leverage, 1e-6)
    meat = (x * residual[:, None] ** 2).T @ x
    return Fit(coefficients=coefficients, covariance=bread @ meat @ bread, n=n, df=n - p)


def dummies(group: np.ndarray) -> np.ndarray:
    """Return columns of 0 and 1 for all but the most frequent group.

    >>> dummies(np.array(["a", "b", "a"])).tolist()
    [[0.0], [1.0], [0.0]]
    """
    names, counts = np.unique(group.astype(str), return_counts=True)
    first = names[np.argmax(counts)]
    return np.column_stack([(group == name).astype(float) for name in names if name != first] or [np.empty((len(group), 0))])
