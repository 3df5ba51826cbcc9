"""
What a running site gives out, checked by the programs of the standards: lib-cove-ocds and followthemoney; and what it
says of itself, by a client that openapi-python-client writes from it.

    make standards SITE=http://localhost:8000 ARGS="--records 200"

All are for development alone, in a virtual environment of their own (`requirements-standards.in`): lib-cove-ocds is
AGPL, and no code of ours imports it where the site runs. Releases are given out as they were received: what is invalid
in them is the publisher's, and counted apart. What is ours is listed, and ends with exit status 1.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

from tests.standards.generated import check_client
from tests.standards.ours import errors_of_ours

MAX_LISTED = 20


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("site", help="address of a running site, such as http://localhost:8000")
    parser.add_argument("--records", type=int, default=100, help="how many records are checked at most")
    parser.add_argument("--standard", help="address of a ZIP of the standard's repository; else it is downloaded")
    options = parser.parse_args()
    found = [
        *check_client(options.site),
        *_check_ocds(options.site, options.records, options.standard),
        *_check_entities(options.site),
    ]
    for error, number in Counter(found).most_common(MAX_LISTED):
        print(f"{number} × {error}")
    print(f"{len(found)} errors of ours")
    return 1 if found else 0


def _read(address: str) -> Any:
    with urlopen(address) as answer:
        return json.load(answer)


def _check_ocds(site: str, most: int, standard: str | None) -> Iterator[str]:
    """Yield what is invalid because of us in release packages, and in the record package of each of their ocids."""
    from libcoveocds.api import ocds_json_output
    from libcoveocds.config import LibCoveOCDSConfig

    config = LibCoveOCDSConfig()
    config.config |= {"context": "api", "additional_checks": "none", "standard_zip": standard}

    def check(package: dict[str, Any]) -> Iterator[str]:
        output = ocds_json_output(json_data=package, lib_cove_ocds_config=config)
        ours = errors_of_ours(output["validation_errors"])
        theirs.update(error["type"] for error in output["validation_errors"])
        yield from (f"{error['field'] or '(package)'}: {error['description']}" for error in ours)

    address: str | None = f"{site}/api/v1/ocds/releases/?limit=50"
    ocids: dict[str, None] = {}
    theirs: Counter[str] = Counter()
    releases = 0
    while address and len(ocids) < most:
        package = _read(address)
        yield from check(package)
        releases += len(package["releases"])
        ocids |= dict.fromkeys(release["ocid"] for release in package["releases"])
        address = package["links"].get("next")
    for ocid in list(ocids)[:most]:
        yield from check(_read(f"{site}/api/v1/ocds/record/?ocid={quote(ocid, safe='')}"))
    print(f"OCDS: {releases} releases, {min(len(ocids), most)} records; all errors by type: {dict(theirs)}")


def _check_entities(site: str) -> Iterator[str]:
    """Yield what is wrong with entities of contracts: a value that is not taken, or a reference to nothing."""
    from followthemoney import model
    from followthemoney.exc import InvalidData

    known: set[str] = set()
    referred: set[str] = set()
    number = 0
    with urlopen(f"{site}/api/v1/contracts.ftm") as lines:
        for line in lines:
            given = json.loads(line)
            number += 1
            known.add(given["id"])
            schema = model.get(given["schema"])
            if schema is None:
                yield f"no schema {given['schema']}"
                continue
            try:
                schema.validate(given)
            except InvalidData as error:
                yield f"{given['schema']}: {error.errors}"
                continue
            entity = model.get_proxy(given)
            for name, values in given["properties"].items():
                if len(entity.get(name)) != len(values):
                    yield f"{given['schema']}:{name} takes not all of {values}"
            referred.update(value for prop, value in entity.itervalues() if prop.type.name == "entity")
    yield from (f"a reference to {missing}, which is not in the file" for missing in sorted(referred - known))
    print(f"FollowTheMoney: {number} entities, {len(referred)} referred to")


if __name__ == "__main__":
    sys.exit(main())
