import gzip
import json
from itertools import islice

from tests.benchmarks import releases


def test_the_same_seed_makes_the_same_releases():
    assert [*releases.releases(1, 40)] == [*releases.releases(1, 40)]
    assert [*releases.releases(1, 40)] != [*releases.releases(2, 40)]
    assert [*releases.releases(1, 40)] == [*islice(releases.releases(1), 40)]


def test_a_compiled_release_is_about_8_kb_and_some_are_dirty():
    made = [*releases.compiled_releases(1, 1000)]
    assert 7_000 < sum(len(releases.dump(release)) for release in made) / 1000 < 9_000
    dirty = sum(isinstance(release["buyer"]["id"], int) for release in made)
    assert 0 < dirty < 20


def test_some_processes_come_in_three_releases():
    made = [*releases.releases(1, 400)]
    tags = [release["tag"] for release in made]
    assert ["tender"] in tags
    assert ["tender", "award", "contract"] in tags
    assert len({release["ocid"] for release in made}) < len({release["id"] for release in made}) == 400


def test_a_package_reaches_its_size(tmp_path):
    path = tmp_path / "package.json.gz"
    releases.main(["--format", "package", "--size", "0.2", "--output", str(path)])
    content = gzip.decompress(path.read_bytes())
    assert 200_000 < len(content) < 220_000
    package = json.loads(content)
    assert package["version"] == "1.1"
    assert package["releases"][0]["ocid"].startswith(releases.PREFIX)


def test_lines_are_as_many_as_asked_for(tmp_path):
    path = tmp_path / "compiled.jsonl"
    releases.main(["--count", "7", "--seed", "5", "--output", str(path)])
    made = [json.loads(line) for line in path.read_bytes().splitlines()]
    assert made == [*releases.compiled_releases(5, 7)]


def test_tax_ids_have_a_right_check_digit():
    # Weighted sum of "2099000000" is 2·5 + 0·4 + 9·3 + 9·2 = 55, so the digit is (11 - 0) mod 10.
    assert releases.tax_id(0) == "20990000001"
