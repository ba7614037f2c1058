"""The literature behind each method, so that a report cites what was really used, and nothing else."""

from .interval_words import interval_words

__all__ = ["MODELS", "REFERENCES", "SELECTORS", "cited", "references_of", "words_of"]

REFERENCES = {
    "nested": (
        "Varma S, Simon R. Bias in error estimation when using cross-validation for model selection. "
        "BMC Bioinformatics 2006;7:91. doi:10.1186/1471-2105-7-91"
    ),
    "interval": (
        "Nadeau C, Bengio Y. Inference for the generalization error. Machine Learning 2003;52:239-281. "
        "doi:10.1023/A:1024068626366"
    ),
    "delong": (
        "DeLong ER, DeLong DM, Clarke-Pearson DL. Comparing the areas under two or more correlated receiver operating "
        "characteristic curves: a nonparametric approach. Biometrics 1988;44:837-845. doi:10.2307/2531595"
    ),
    "late": (
        "Kittler J, Hatef M, Duin RPW, Matas J. On combining classifiers. IEEE Trans Pattern Anal Mach Intell "
        "1998;20:226-239. doi:10.1109/34.667881"
    ),
    "wilson": (
        "Wilson EB. Probable inference, the law of succession, and statistical inference. J Am Stat Assoc "
        "1927;22:209-212. doi:10.1080/01621459.1927.10502953"
    ),
    "utility": (
        "Vickers AJ, Elkin EB. Decision curve analysis: a novel method for evaluating prediction models. Med Decis "
        "Making 2006;26:565-574. doi:10.1177/0272989X06295361"
    ),
    "stability": (
        "Nogueira S, Sechidis K, Brown G. On the stability of feature selection algorithms. J Mach Learn Res "
        "2018;18(174):1-54."
    ),
    "sample_size": (
        "Riley RD, Ensor J, Snell KIE, et al. Calculating the sample size required for developing a clinical "
        "prediction model. BMJ 2020;368:m441. doi:10.1136/bmj.m441"
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
    "extra_trees": (
        "Geurts P, Ernst D, Wehenkel L. Extremely randomized trees. Machine Learning 2006;63:3-42. "
        "doi:10.1007/s10994-006-6226-1"
    ),
    "boosting": (
        "Friedman JH. Greedy function approximation: a gradient boosting machine. Ann Stat 2001;29:1189-1232. "
        "doi:10.1214/aos/1013203451"
    ),
    "lasso": (
        "Tibshirani R. Regression shrinkage and selection via the lasso. J R Stat Soc B 1996;58:267-288. "
        "doi:10.1111/j.2517-6161.1996.tb02080.x"
    ),
    "elastic_net": (
        "Zou H, Hastie T. Regularization and variable selection via the elastic net. J R Stat Soc B 2005;67:301-320. "
        "doi:10.1111/j.1467-9868.2005.00503.x"
    ),
    "knora": (
        "Ko AHR, Sabourin R, Britto AS. From dynamic classifier selection to dynamic ensemble selection. "
        "Pattern Recognit 2008;41:1718-1731. doi:10.1016/j.patcog.2007.10.015"
    ),
    "meta_des": (
        "Cruz RMO, Sabourin R, Cavalcanti GDC, Ren TI. META-DES: a dynamic ensemble selection framework using "
        "meta-learning. Pattern Recognit 2015;48:1925-1935. doi:10.1016/j.patcog.2014.12.003"
    ),
    "svm": "Cortes C, Vapnik V. Support-vector networks. Machine Learning 1995;20:273-297. doi:10.1007/BF00994018",
    "xgboost": (
        "Chen T, Guestrin C. XGBoost: a scalable tree boosting system. Proc 22nd ACM SIGKDD Int Conf Knowledge "
        "Discovery and Data Mining 2016:785-794. doi:10.1145/2939672.2939785"
    ),
}
"""Key -> reference."""

SELECTORS = {
    "anova": ("the F statistic of an analysis of variance", None),
    "pearson": ("Pearson correlation with the outcome", None),
    "spearman": ("Spearman correlation with the outcome", None),
    "mutual_information": ("mutual information with the outcome", "mutual_information"),
    "gini_coefficient": ("the largest decrease of Gini impurity by one cut (Gini coefficient)", None),
    "l1": ("the size of the coefficient in a logistic regression with lasso penalty", "lasso"),
    "gini": ("Gini importance in a random forest", "forest"),
    "relief": ("ReliefF", "relief"),
    "surf": ("SURF", "surf"),
    "surf_star": ("SURF*", "surf_star"),
    "multisurf": ("MultiSURF", "multisurf"),
    "mrmr": ("minimum redundancy and maximum relevance (mRMR)", "mrmr"),
    "rfe": ("recursive feature elimination with a linear support vector machine", "rfe"),
}
"""Selector, as a study file names it -> what a methods section calls it, and its reference."""

MODELS = {
    "svm_linear": ("linear support vector machine", "svm"),
    "svm_rbf": ("support vector machine with a Gaussian kernel", "svm"),
    "logistic": ("logistic regression with ridge penalty", None),
    "logistic_l1": ("logistic regression with lasso penalty", "lasso"),
    "elastic_net": ("logistic regression with elastic-net penalty", "elastic_net"),
    "random_forest": ("random forest", "forest"),
    "extra_trees": ("extremely randomised trees", "extra_trees"),
    "xgboost": ("gradient-boosted trees (XGBoost)", "xgboost"),
    "hist_gradient_boosting": ("gradient-boosted trees on histograms", "boosting"),
    "knn": ("k nearest neighbours", None),
    "naive_bayes": ("Gaussian naive Bayes", None),
    "lda": ("linear discriminant analysis with shrinkage", None),
    "qda": ("regularised quadratic discriminant analysis", None),
    "decision_tree": ("decision tree", None),
    "gaussian_process": ("Gaussian process", None),
    "mlp": ("multilayer perceptron", None),
    "knora_e": ("dynamic ensemble (KNORA-Eliminate)", "knora"),
    "knora_u": ("dynamic ensemble (KNORA-Union)", "knora"),
    "meta_des": ("dynamic ensemble (META-DES)", "meta_des"),
}
"""Model, as a study file names it -> what a methods section calls it, and its reference."""


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
        keys += references_of(SELECTORS, settings.get("selectors"))
    keys += ["late"] if any(name.startswith("late") for name in fusions) else []
    keys += references_of(MODELS, settings.get("models"))
    keys += ["nested", interval_words(comparison).reference, "wilson", "utility"]
    keys += ["stability"] if "image" in kinds else []
    keys += ["sample_size"] if results.get("feasibility") else []
    keys += ["sklearn"]
    return [key for key in dict.fromkeys(keys) if key is not None]


def words_of(table, names):
    """Return what a methods section calls these methods; one that the table lacks is called by its name.

    Parameters
    ----------
    table : dict
        ``SELECTORS`` or ``MODELS``.
    names : list of str or None
        As a study file names them.

    Returns
    -------
    words : list of str
    """
    return [table.get(name, (name, None))[0] for name in names or []]


def references_of(table, names):
    """Return the keys of the references of these methods.

    Parameters
    ----------
    table : dict
        ``SELECTORS`` or ``MODELS``.
    names : list of str or None
        As a study file names them.

    Returns
    -------
    keys : list of str
        Keys of ``REFERENCES``; methods without one are left out.
    """
    return [key for name in names or [] if (key := table.get(name, (name, None))[1])]
