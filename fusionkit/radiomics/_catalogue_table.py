"""The catalogue's table: feature class -> rows of name, full name, IBSI code, unit, departure, on request."""

__all__ = ["TABLE"]

TABLE = {
    "firstorder": [
        ("10Percentile", "10th intensity percentile", "QG58", "intensity"),
        ("90Percentile", "90th intensity percentile", "8DWT", "intensity"),
        (
            "Energy",
            "Intensity-based energy",
            "N8CA",
            "intensity²",
            "voxelArrayShift is added to the intensities first; equal when it is 0.",
        ),
        ("Entropy", "Discretised intensity entropy", "TLU2", "bit"),
        ("InterquartileRange", "Intensity interquartile range", "SALO", "intensity"),
        ("Kurtosis", "Intensity kurtosis", "IPH6", "1", "IBSI subtracts 3 (excess kurtosis)."),
        ("Maximum", "Maximum intensity", "84IY", "intensity"),
        ("Mean", "Mean intensity", "Q4LE", "intensity"),
        ("MeanAbsoluteDeviation", "Intensity-based mean absolute deviation", "4FUA", "intensity"),
        ("Median", "Median intensity", "Y12H", "intensity"),
        ("Minimum", "Minimum intensity", "1GSF", "intensity"),
        ("Range", "Intensity range", "2OJQ", "intensity"),
        ("RobustMeanAbsoluteDeviation", "Intensity-based robust mean absolute deviation", "1128", "intensity"),
        (
            "RootMeanSquared",
            "Root mean square intensity",
            "5ZWQ",
            "intensity",
            "voxelArrayShift is added to the intensities first; equal when it is 0.",
        ),
        ("Skewness", "Intensity skewness", "KE2A", "1"),
        ("TotalEnergy", "Energy times the volume of a voxel", None, "intensity²·mm³"),
        ("Uniformity", "Discretised intensity uniformity", "BJ5W", "1"),
        ("Variance", "Intensity variance", "ECT3", "intensity²"),
        ("StandardDeviation", "Intensity standard deviation", None, "intensity", "", True),
    ],
}
"""Features in alphabetical order within a class, as pyradiomics gives them; those on request last."""
