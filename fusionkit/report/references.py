"""The literature behind each method, so that a report cites what was really used, and nothing else."""

__all__ = ["MODELS", "REFERENCES", "SELECTORS", "cited"]

REFERENCES = {
    "nested": (
        "Varma S, Simon R. Bias in error estimation when using cross-validation for model selection. "
        "BMC Bioinformatics 2006;7:91. doi:10.1186/1471-2105-7-91"
    ),
    "interval": (
        "Nadeau C, Bengio Y. Inference for the generalization error. Machine Learning 2003;52:239-281. "
        "doi:10.1023/A:1024068626366"
    ),
    "late": (
        "Kittler J, Hatef M, Duin RPW, Matas J. On combining classifiers. IEEE Trans Pattern Anal Mach Intell "
        "1998;20:226-239. doi:10.1109/34.667881"
    ),
    "wilson": (
        "Wilson EB. Probable inference, the law of succession, and statistical inference. J Am Stat Assoc "
        "1927;22:209-212. doi:10.1080/01621459.1927.10502953"
    ),
    "sklearn": (
        "Pedregosa F, Varoquaux G, Gramfort A, et al. Scikit-learn: machine learning in Python. J Mach Learn Res "
        "2011;12:2825-2830."
    ),
    "radiomics": (
        "van Griethuysen JJM, Fedorov A, Parmar C, et al. Computational radiomics system to decode the radiographic "
        "phenotype. Cancer Res 2017;77:e104-e107. doi:10.1158/0008-5472.CAN-17-0339"
    ),
    "relief": (
        "Robnik-Šikonja M, Kononenko I. Theoretical and empirical analysis of ReliefF and RReliefF. Machine Learning "
        "2003;53:23-69. doi:10.1023/A:1025667309714"
    ),
    "surf": (
        "Greene CS, Penrod NM, Kiralis J, Moore JH. Spatially uniform ReliefF (SURF) for computationally-efficient "
        "filtering of gene-gene interactions. BioData Min 2009;2:5. doi:10.1186/1756-0381-2-5"
    ),
    "surf_star": (
        "Greene CS, Himmelstein DS, Kiralis J, Moore JH. The informative extremes: using both nearest and farthest "
        "individuals can improve Relief algorithms in the domain of human genetics. In: EvoBIO 2010, LNCS "
        "6023:182-193. doi:10.1007/978-3-642-12211-8_16"
    ),
    "multisurf": (
        "Urbanowicz RJ, Olson RS, Schmitt P, Meeker M, Moore JH. Benchmarking relief-based feature selection methods "
        "for bioinformatics data mining. J Biomed Inform 2018;85:168-188. doi:10.1016/j.jbi.2018.07.015"
    ),
    "mrmr": (
        "Peng H, Long F, Ding C. Feature selection based on mutual information: criteria of max-dependency, "
        "max-relevance, and min-redundancy. IEEE Trans Pattern Anal Mach Intell 2005;27:1226-1238. "
        "doi:10.1109/TPAMI.2005.159"
    ),
    "mutual_information": (
        "Ross BC. Mutual information between discrete and continuous data sets. PLoS One 2014;9:e87357. "
        "doi:10.1371/journal.pone.0087357"
    ),
    "rfe": (
        "Guyon I, Weston J, Barnhill S, Vapnik V. Gene selection for cancer classification using support vector "
        "machines. Machine Learning 2002;46:389-422. doi:10.1023/A:1012487302797"
    ),
    "forest": "Breiman L. Random forests. Machine Learning 2001;45:5-32. doi:10.1023/A:1010933404324",
    "svm": "Cortes C, Vapnik V. Support-vector networks. Machine Learning 1995;20:273-297. doi:10.1007/BF00994018",
    "xgboost": (
        "Chen T, Guestrin C. XGBoost: a scalable tree boosting system. Proc 22nd ACM SIGKDD Int Conf Knowledge "
        "Discovery and Data Mining 2016:785-794. doi:10.1145/2939672.2939785"
    ),
}
"""Key -> reference."""

SELECTORS = {
    "relieff": "relief",
    "surf": "surf",
    "surf_star": "surf_star",
    "multisurf": "multisurf",
    "mrmr": "mrmr",
    "mutual_information": "mutual_information",
    "rfe": "rfe",
    "gini": "forest",
}
"""Selector, as a study file names it -> reference."""

MODELS = {"random_forest": "forest", "svm": "svm", "svm_linear": "svm", "svm_rbf": "svm", "xgboost": "xgboost"}
"""Model, as a study file names it -> reference."""


def cited(results):
    """Return the keys of the references that a study's methods need, in the order of the methods paragraph.

    Parameters
    ----------
    results : dict
        The content of ``results.json``.

    Returns
    -------
    keys : list of str
        Keys of ``REFERENCES``.
    """
    comparison = results["comparison"]
    settings = comparison.get("settings") or {}
    fusions = [row["fusion"] for row in comparison["estimates"]]
    sources = (results.get("study") or {}).get("modalities") or {}
    kinds = {facts.get("kind") for facts in (results["cohort"].get("modalities") or {}).values()}
    keys = ["radiomics"] if any("images" in source for source in sources.values()) else []
    if "image" in kinds:
        keys += [SELECTORS.get(name) for name in settings.get("selectors") or []]
    keys += [MODELS.get(name) for name in settings.get("models") or []]
    keys += ["late"] if "late" in fusions else []
    keys += ["nested", "interval", "wilson", "sklearn"]
    return list(dict.fromkeys(key for key in keys if key is not None))
