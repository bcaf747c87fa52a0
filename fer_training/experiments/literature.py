"""Other people's results, as the paper's Tables 4, 6 and 7 list them; the numbers in brackets are its references."""

from __future__ import annotations

JAFFE = (
    ("IVA + HOG + AdaBoost and SVM [12]", 88.20, ""),
    ("LBP + SVM/AdaBoost [43]", 86.67, ""),
    ("Boosted deep belief networks [44]", 93.0, ""),
    ("2D-LDA + SVM [45]", 94.13, ""),
    ("Gaussian process, polynomial kernels and Gaussian RBF [46]", 93.43, "to 95.24"),
    ("LFDA [47]", 94.37, ""),
    ("Patch-based Gabor + DL2 with SVM [6]", 92.93, ""),
    ("DCNN + SVM [14]", 98.12, ""),
    ("Advanced LBP + Tsallis entropy + NLDA [10]", 90.54, "48x48; 94.59 at 64x64"),
    ("Salient facial patches [42]", 91.80, ""),
)
"""Method, accuracy in percent, remark (Table 4)."""

CLASSIFICATION_TIME = (
    ("IVA + HOG + AdaBoost and SVM [12]", 66.7, "2.4 GHz CPU"),
    ("LBP + SVM/AdaBoost [43]", 227.0, "Intel i3 2.2 GHz CPU"),
    ("Boosted deep belief networks [44]", 210.0, "6-core 2.4 GHz PC"),
    ("2D-LDA + SVM [45]", 35.7, "Pentium IV 2.8 GHz"),
    ("DCNN + SVM [14]", 140.0, "to 145; Tesla K20Xm GPU (CPU 700 to 900)"),
    ("CNN + one-versus-all binary classification [48]", 230.0, "Core i7 3.4 GHz, GeForce GTX 660"),
    ("68 landmarks + optical flow + SVM [11]", 83.3, "2.6 GHz Core i5 CPU"),
)
"""Method, milliseconds a frame, machine (Table 6)."""

CKPLUS = (
    ("[49]", "7_no_neutral", "small", 88.00),
    ("[50]", "6", "small", 99.10),
    ("[33]", "7_no_neutral", "large", 99.60),
    ("[12]", "6", "small", 88.20),
    ("[51]", "6", "small", 98.30),
    ("[51]", "8", "small", 96.40),
    ("[44]", "7_no_neutral", "large", 96.70),
    ("[48]", "6", "large", 97.81),
    ("[11]", "7_no_contempt", "small", 98.12),
    ("[14]", "6", "small", 97.08),
)
"""Reference, class set, size and accuracy in percent (Table 7)."""
