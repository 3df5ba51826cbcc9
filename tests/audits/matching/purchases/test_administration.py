"""Software for an administration counts as technology, though the classifier has seen little of it."""

from pathlib import Path

import pytest

from audits.matching.purchases.administration import runs_administration
from audits.matching.reference.files import read_rows
from audits.matching.texts.normalize import fold
from audits.matching.texts.word_lists import Word, Words

WORDS = Words(read_rows(Path(__file__).parents[4] / "fixtures" / "reference" / "words.csv", Word))


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("LOCAÇÃO DE SOFTWARES DESTINADOS ÀS SECRETARIAS MUNICIPAIS", True),
        ("Locação, licença e uso de software para o setor de tributação", True),
        ("Alquiler de sistemas informáticos para la alcaldía", True),
        ("Cessão do direito de uso de softwares de contabilidade e folha de pagamento", True),
        ("Licenciamento de software integrado, para atender a gestão de saúde do município", True),
        ("Aquisição de sistema informatizado de licitações e compras", True),
        ("Adquisición de licencias de uso de software de nómina y contabilidad", True),
        ("Suministro de software para la contabilidad del municipio", True),
        ("Mantenimiento de la aplicación informática de pensiones", True),
        ("092/2018 MTO SISTEMA INFORMATICO GLIMS MICROBIOLOGIA", True),
        ("Fábrica de software para o tribunal", True),
        (f"Equipos del laboratorio{' y otros bienes' * 4}, con su sistema informático", False),
        ("Licencia de aplicación informática de diseño AutoCAD", False),
        # A bare title says of no office for what; a task far behind is another's.
        ("Locação de software", False),
        (f"Licenças de software{' e de outros bens' * 10}, para a contabilidade", False),
        # Programs of a desk.
        ("Locação de software AutoCAD para os projetistas da prefeitura", False),
        ("Locação de software antivírus para o setor de tributação", False),
        ("Aquisição de licenças de software Microsoft Windows para a contabilidade", False),
        ("Locação de veículos para o setor de tributação", False),
        ("Contratação de serviços de contabilidade", False),
    ],
)
def test_software_of_an_administration_is_told_by_how_it_is_bought_and_its_task(text: str, runs: bool):
    assert runs_administration(fold(text).text, WORDS) is runs
