"""Names of numbers as a reader would write them: `ari_truth` is "ARI truth"."""

import re

_ABBREVIATIONS = (
    "AGN AIC AMI ARI AUC BIC BYOL CNN DNN FDR FPR GMM HDBSCAN HR KL MAE MCC MLP MSE NLL NMI PCA PID PR RMS "
    "RMSE ROC SHAP SNR TESS TPR ULX UMAP VAE XMM"
)
_NAMES = "Bayes Chandra Gaia Kepler Pearson Shapley Spearman Swift"
_UNITS = "GB GHz GeV Gyr Hz MB MHz MeV Mpc Myr keV kpc mJy"
_WRITTEN = {word.lower(): word for word in f"{_ABBREVIATIONS} {_NAMES} {_UNITS}".split()}
_WRITTEN |= {"ulxs": "ULXs", "vaes": "VAEs", "r2": "R\u00b2", "chi2": "\u03c7\u00b2"}


def label(key: str) -> str:
    """Return a recorded name as words, known abbreviations, names and units in their own spelling.

    Examples
    --------
    >>> label("auc: two-cluster mixture"), label("n_sources"), label("null_p_value")
    ('AUC: two-cluster mixture', 'Number of sources', 'Null p-value')
    >>> label("separation_10_s"), label("swift_auc"), label("peak_kev")
    ('Separation, 10 s', 'Swift AUC', 'Peak keV')
    """
    text = " ".join(key.replace("_", " ").split())
    text = re.sub(r"^n (?=\w)", "number of ", text)
    text = re.sub(r"\bp value\b", "p-value", text)
    text = re.sub(r"(?<=[a-z]) (?=[\d.]+ [A-Za-z]{1,3}$)", ", ", text)
    text = re.sub(r"[a-z][a-z0-9]*", lambda word: _WRITTEN.get(word[0], word[0]), text)
    first = text.partition(" ")[0].rstrip(":,")
    return text if first in _WRITTEN.values() else text[:1].upper() + text[1:]
