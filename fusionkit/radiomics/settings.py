"""The settings of one extraction: pyradiomics's parameter files, read as they are and checked to the last key."""

import hashlib
import json
import re
from pathlib import Path

import yaml

from .catalogue import FEATURE_CLASSES, feature_names
from .presets import PRESETS
from .setting_rules import IMAGE_TYPES, RULES, VOXEL_RULES, check_value, nearest

__all__ = ["RadiomicsSettings", "read_settings"]

SECTIONS = ("imageType", "featureClass", "setting", "voxelSetting")

PREPROCESSING = (
    "normalize",
    "normalizeScale",
    "removeOutliers",
    "resampledPixelSpacing",
    "interpolator",
    "padDistance",
    "preCrop",
    "resegmentRange",
    "resegmentMode",
    "resegmentShape",
    "minimumROIDimensions",
    "minimumROISize",
    "geometryTolerance",
    "correctMask",
    "additionalInfo",
    "label",
    "label_channel",
)
"""What happens before any image type is made, and so cannot differ from one image type to the next."""

_DEFAULTS = json.dumps({key: rule.default for key, rule in {**RULES, **VOXEL_RULES}.items()})
"""As text, from which each reader gets values of its own."""


class RadiomicsSettings:
    """Everything that decides which features are computed and how; it never changes once made.

    Parameters
    ----------
    source : None, str, Path, mapping or RadiomicsSettings, default=None
        A parameter file of pyradiomics (YAML or JSON), its content as a mapping, or the name of a preset ("ct", "mr",
        "pet", "ultrasound"); None takes pyradiomics's defaults: the original image, all features, bins of width 25.

    Attributes
    ----------
    setting : dict
        Every setting with its value, defaults filled in.
    image_types : dict of str to dict
        Each image type with the settings that hold for it: the general ones, overridden by its own.
    feature_classes : dict of str to list or None
        Each feature class with the features wanted; None stands for all.
    explicit_label : int or None
        The label, if the source names one.

    Raises
    ------
    ValueError
        If a key or a value is unknown; the message names the nearest valid one.
    FileNotFoundError
        If the parameter file does not exist.

    Examples
    --------
    >>> from fusionkit.radiomics import RadiomicsSettings
    >>> settings = RadiomicsSettings({"setting": {"binWidth": 10}, "imageType": {"LoG": {"sigma": [1.0, 3.0]}}})
    >>> settings.setting["binWidth"], settings.image_types["LoG"]["sigma"]
    (10.0, [1.0, 3.0])
    >>> RadiomicsSettings({"setting": {"binwith": 10}})
    Traceback (most recent call last):
        ...
    ValueError: unknown key 'binwith' in setting: did you mean 'binWidth'?
    """

    __slots__ = ("_text",)

    def __init__(self, source=None):
        document = source.to_dict() if isinstance(source, RadiomicsSettings) else _load(source)
        object.__setattr__(self, "_text", json.dumps(_check(document)))

    def __setattr__(self, name, value):
        raise AttributeError(f"settings do not change: make new ones instead of setting {name!r}")

    def __reduce__(self):
        return type(self), (self.to_dict(),)

    def __eq__(self, other):
        return isinstance(other, RadiomicsSettings) and self.fingerprint() == other.fingerprint()

    def __hash__(self):
        return hash(self.fingerprint())

    def __repr__(self):
        return f"RadiomicsSettings({self._text})"

    def to_dict(self):
        """Return the content as pyradiomics's parameter file would hold it, without the defaults.

        Returns
        -------
        document : dict
            With the keys ``imageType``, ``featureClass``, ``setting`` and ``voxelSetting``, where they were given.
        """
        return json.loads(self._text)

    @property
    def setting(self):
        document = self.to_dict()
        return {**json.loads(_DEFAULTS), **document.get("setting", {}), **document.get("voxelSetting", {})}

    @property
    def image_types(self):
        chosen = self.to_dict().get("imageType") or {"Original": {}}
        return {name: {**self.setting, **own} for name, own in chosen.items()}

    @property
    def feature_classes(self):
        chosen = self.to_dict().get("featureClass") or dict.fromkeys(sorted(FEATURE_CLASSES))
        return {name: features or None for name, features in chosen.items()}

    @property
    def explicit_label(self):
        return self.to_dict().get("setting", {}).get("label")

    @property
    def preset(self):
        """Name of the preset that these settings are, or None."""
        return next((name for name, preset in PRESETS.items() if self.to_dict() == _check(preset)), None)

    def fingerprint(self):
        """Return a hash that two settings share exactly when they ask for the same features and numbers.

        Returns
        -------
        fingerprint : str
            The SHA-256, in 64 hexadecimal digits, of the settings as canonical JSON with the defaults filled in.
        """
        everything = {
            "setting": self.setting,
            "imageType": self.image_types,
            "featureClass": {name: sorted(features or []) for name, features in self.feature_classes.items()},
            "explicitLabel": self.explicit_label,
        }
        return hashlib.sha256(json.dumps(everything, sort_keys=True).encode()).hexdigest()


def read_settings(source=None):
    """Return checked settings from a parameter file, a mapping or the name of a preset.

    Parameters
    ----------
    source : None, str, Path, mapping or RadiomicsSettings, default=None
        As for :class:`RadiomicsSettings`.

    Returns
    -------
    settings : RadiomicsSettings
    """
    return source if isinstance(source, RadiomicsSettings) else RadiomicsSettings(source)


def _load(source):
    if source is None:
        return {}
    if isinstance(source, str) and source in PRESETS:
        return PRESETS[source]
    if not isinstance(source, str | Path):
        return source
    path = Path(source)
    if not path.is_file():
        raise FileNotFoundError(
            f"no parameter file {path.name!r}, and no preset of that name; the presets are {', '.join(PRESETS)}"
        )
    with path.open(encoding="utf-8") as file:
        try:
            return yaml.load(file, _Loader) or {}
        except yaml.YAMLError as error:
            raise ValueError(f"{path.name} is not valid YAML or JSON: {error}".replace(str(path), path.name)) from error


class _Loader(yaml.SafeLoader):
    """YAML as pyradiomics reads it: ``1e-3`` is a number, and no key stands twice."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = sorted({str(key) for key in keys if keys.count(key) > 1})
        if twice:
            raise ValueError(f"the key {twice[0]!r} stands twice (line {node.start_mark.line + 1})")
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: list(resolvers) for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"[-+]?[0-9]+(\.[0-9]*)?[eE][-+]?[0-9]+\Z"),
    list("-+0123456789"),
)


def _check(document):
    """Return the document with every key known and every value in its own type."""
    document = _section(document, "a parameter file")
    for key in document:
        if key not in SECTIONS:
            raise ValueError(f"unknown section {key!r}: {nearest(key, SECTIONS)}")
    checked = {
        "imageType": _check_image_types(_section(document.get("imageType"), "imageType")),
        "featureClass": _check_feature_classes(_section(document.get("featureClass"), "featureClass")),
        "setting": _check_keys(_section(document.get("setting"), "setting"), RULES, "setting"),
        "voxelSetting": _check_keys(
            _section(document.get("voxelSetting"), "voxelSetting"), VOXEL_RULES, "voxelSetting"
        ),
    }
    return {section: content for section, content in checked.items() if content}


def _section(content, name):
    if content is None:
        return {}
    if not hasattr(content, "items"):
        raise ValueError(f"{name} must be a mapping of names to values; got {content!r}")
    return dict(content)


def _check_keys(content, rules, section):
    checked = {}
    for key, value in content.items():
        if key not in rules:
            elsewhere = "it belongs under voxelSetting" if key in VOXEL_RULES else nearest(key, rules)
            raise ValueError(f"unknown key {key!r} in {section}: {elsewhere}")
        checked[key] = check_value(key, value, rules[key])
    return checked


def _check_image_types(content):
    checked = {}
    for name, own in content.items():
        if name not in IMAGE_TYPES:
            raise ValueError(f"unknown image type {name!r}: {nearest(name, IMAGE_TYPES)}")
        place = f"imageType {name}"
        checked[name] = _check_keys(_section(own, place), RULES, place)
        for key in checked[name]:
            if key in PREPROCESSING:
                raise ValueError(
                    f"{key} under {place} would have no effect, because it is applied before the image types are made: "
                    f"put it under setting"
                )
    return checked


def _check_feature_classes(content):
    checked = {}
    for name, features in content.items():
        if name not in FEATURE_CLASSES:
            raise ValueError(f"unknown feature class {name!r}: {nearest(name, FEATURE_CLASSES)}")
        if features is not None and not isinstance(features, list | tuple):
            raise ValueError(f"featureClass {name} must be a list of feature names, or empty for all; got {features!r}")
        valid = feature_names(name, on_request=True)
        for feature in features or []:
            if feature not in valid:
                raise ValueError(f"unknown feature {feature!r} in class {name}: {nearest(feature, valid)}")
        checked[name] = list(features or [])
    return checked
