"""Files of lists, as a client reads them."""

import csv
import io


def taken(client, address: str) -> bytes:
    response = client.get(f"/api/v1/{address}")
    assert response.status_code == 200, response.content
    assert response.streaming
    return b"".join(response.streaming_content)


def csv_rows(content: bytes, delimiter: str = ",") -> list[dict[str, str]]:
    text = content.decode().partition("\n# rows=")[0]
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))
