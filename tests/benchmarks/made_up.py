"""Made-up buyers, suppliers, subjects and sentences, of which releases are put together. All of it is fictional."""

import random
from datetime import datetime, timedelta, timezone
from typing import Any

PREFIX = "ocds-vdr0b1"
LIMA = timezone(timedelta(hours=-5))
BUYERS = 400
SUPPLIERS = 6000
DIRTY_SHARE = 0.02

PLACES = [
    ("Lima", "Lima"), ("Arequipa", "Arequipa"), ("Cusco", "Cusco"), ("Piura", "Piura"), ("Trujillo", "La Libertad"),
    ("Huancayo", "Junín"), ("Andahuaylas", "Apurímac"), ("Iquitos", "Loreto"), ("Tacna", "Tacna"), ("Puno", "Puno"),
]  # fmt: skip
BODIES = [
    "Municipalidad Provincial de {}",
    "Gobierno Regional de {}",
    "Hospital Regional de {}",
    "Universidad Nacional de {}",
    "Dirección Regional de Transportes de {}",
    "Corte Superior de Justicia de {}",
    "Empresa de Agua Potable de {}",
    "Comisaría Central de {}",
    "Unidad Ejecutora de Seguridad Ciudadana de {}",
    "Dirección Regional de Educación de {}",
]
SUBJECTS = [
    ("46171622", "Instalación de cámaras de videovigilancia con analítica de video", "Cámara IP domo PTZ"),
    ("43222609", "Ampliación de la red troncal de fibra óptica y equipos de transmisión DWDM", "Enrutador de borde"),
    ("81112000", "Servicio de nube pública y alojamiento de los registros institucionales", "Servidor virtual"),
    ("43233200", "Licencias de software de seguridad perimetral y soporte por tres años", "Licencia anual"),
    ("43211500", "Compra de computadoras de escritorio y portátiles para las oficinas", "Computadora portátil"),
    ("81111800", "Mantenimiento de la central de emergencias y del sistema de despacho", "Mes de servicio"),
    ("44103100", "Suministro de tóner y consumibles de impresión", "Cartucho de tóner negro"),
    ("46182000", "Adquisición de calzado y vestuario para el personal de serenazgo", "Par de botas"),
    ("43232300", "Plataforma de inteligencia artificial para la atención de expedientes", "Suscripción por usuario"),
    ("72151500", "Obras de cableado estructurado y acondicionamiento del centro de datos", "Punto de red"),
]  # fmt: skip
SENTENCES = [
    "El servicio comprende el suministro, la instalación, la configuración y la puesta en marcha de los equipos.",
    "El contratista garantizará la disponibilidad de la plataforma con un nivel de servicio mensual del 99,5 %.",
    "La entidad conservará la propiedad de los datos y podrá solicitar su entrega en formatos abiertos.",
    "Se requiere experiencia mínima de tres años en la ejecución de prestaciones iguales o similares.",
    "El plazo de ejecución se computa desde el día siguiente de la suscripción del contrato.",
    "Las consultas y observaciones se absolverán mediante pliego publicado en el sistema electrónico.",
    "El pago se realizará en armadas contra la conformidad emitida por el área usuaria.",
    "La propuesta técnica incluirá fichas de los bienes, cronograma de trabajo y personal clave propuesto.",
    "Incluye capacitación al personal operativo y mantenimiento preventivo durante la vigencia de la garantía.",
    "Los bienes serán nuevos, sin uso, de fabricación no anterior a doce meses y con repuestos disponibles.",
]
DOCUMENTS = [
    ("biddingDocuments", "Bases integradas"), ("technicalSpecifications", "Especificaciones técnicas"),
    ("evaluationReports", "Acta de evaluación"), ("clarifications", "Pliego de absolución de consultas"),
    ("awardNotice", "Acta de otorgamiento de la buena pro"), ("marketStudies", "Estudio de mercado"),
]  # fmt: skip
METHODS = [
    ("open", "Licitación Pública"),
    ("open", "Concurso Público"),
    ("open", "Subasta Inversa Electrónica"),
    ("selective", "Adjudicación Simplificada"),
    ("limited", "Comparación de Precios"),
    ("direct", "Contratación Directa"),
]
FIRST = ["Andina", "Pacífico", "Austral", "Cóndor", "Altiplano", "Amazonía", "Sierra", "Río Claro", "Qhapaq", "Lúcuma"]
SECOND = ["Sistemas", "Redes", "Soluciones", "Ingeniería", "Tecnología", "Comunicaciones", "Servicios", "Digital"]
FORMS = ["S.A.C.", "S.R.L.", "E.I.R.L.", "S.A."]


def tax_id(number: int) -> str:
    """An eleven-digit RUC with a right check digit, in a range that is not issued."""
    body = f"2099{number:06d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2), strict=True))
    return f"{body}{(11 - total % 11) % 10}"


def party(number: int, *, name: str, roles: list[str], place: tuple[str, str]) -> dict[str, Any]:
    identifier = tax_id(number)
    return {
        "id": f"PE-RUC-{identifier}",
        "name": name,
        "identifier": {"scheme": "PE-RUC", "id": identifier, "legalName": name.upper()},
        "address": {"streetAddress": f"Jirón de la Unión {number % 990 + 10}", "locality": place[0],
                    "region": place[1], "countryName": "Perú"},
        "contactPoint": {"name": "Mesa de partes", "email": f"contacto{number}@example.org"},
        "roles": roles,
    }  # fmt: skip


def buyer(number: int) -> dict[str, Any]:
    place = PLACES[number % len(PLACES)]
    name = BODIES[number // len(PLACES) % len(BODIES)].format(place[0])
    if number >= len(PLACES) * len(BODIES):
        name = f"{name} - sede {number // 100 + 1}"
    return party(number, name=name, roles=["buyer", "procuringEntity"], place=place)


def supplier(number: int) -> dict[str, Any]:
    name = f"{FIRST[number % 10]} {SECOND[number // 10 % 8]} {number // 80 + 1} {FORMS[number // 3 % 4]}"
    return party(100_000 + number, name=name, roles=["tenderer"], place=PLACES[number * 7 % len(PLACES)])


def money(amount: float, currency: str) -> dict[str, Any]:
    return {"amount": round(amount, 2), "currency": currency}


def text(rng: random.Random, sentences: int) -> str:
    return " ".join(rng.sample(SENTENCES, sentences))


def documents(rng: random.Random, count: int, when: datetime) -> list[dict[str, Any]]:
    return [
        {
            "id": str(position),
            "documentType": kind,
            "title": title,
            "description": text(rng, 1),
            "url": f"https://example.org/documentos/{rng.randrange(10**9):09d}.pdf",
            "datePublished": (when + timedelta(days=position)).isoformat(),
            "format": "application/pdf",
            "language": "es",
        }
        for position, (kind, title) in enumerate(rng.sample(DOCUMENTS, count), 1)
    ]


def items(rng: random.Random, subject: tuple[str, str, str], total: float, currency: str) -> list[dict[str, Any]]:
    count = rng.randint(1, 4)
    return [
        {
            "id": str(position),
            "description": f"{subject[2]} {position}: {text(rng, 1)}",
            "classification": {"scheme": "UNSPSC", "id": str(int(subject[0]) + position), "description": subject[2]},
            "quantity": rng.randint(1, 200),
            "unit": {"name": "unidad", "value": money(total / count / 10, currency)},
        }
        for position in range(1, count + 1)
    ]
