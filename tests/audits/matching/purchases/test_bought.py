from pathlib import Path

import pytest

from audits.matching.purchases.bought import Heads
from audits.matching.reference.data import Reference
from audits.matching.texts.normalize import fold

HEADS = Heads(Reference.read(Path(__file__).parents[4] / "fixtures" / "reference").words)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("Curso: Administración de servidores web", "Curso"),
        ("CONTRATACIÓN DEL SERVICIO DE TRANSPORTE PARA EL PERSONAL DEL 911", "TRANSPORTE"),
        ("SIE-2020-114 | Suministro de combustible para la red de telecomunicaciones", "combustible"),
        ("Adquisición de tres (3) licencias Zoom pro", "Zoom"),
        ("Aquisição de serviços de seguros para o centro de dados", "seguros"),
        ("Provision of Legal Services for the emergency network", "Legal Services"),
        ("Servicio de mantenimiento de cámaras de videovigilancia y transporte", ""),
        ("Suministro, capacitación y mantenimiento de cámaras", ""),
        ("Cámaras para el curso", ""),
        ("TIC-17 Prestar servicios de apoyo a la gestión en la mesa de ayuda", "servicios de apoyo"),
        ("Prestar servicios personales de soporte a la gestión tecnológica", "servicios personales"),
        ("Servicios profesionales para realizar el soporte al proyecto de redes", "Servicios profesionales"),
        ("Servicios profesionales especializados de actualización del software", ""),
        ("Servicios de apoyo a la gestión para la actualización de los módulos", ""),
        ("Servicios profesionales para el desarrollo de aplicaciones", "Servicios profesionales"),
        ("Servicios profesionales y de apoyo a la gestión municipal; para el soporte del software", ""),
        ("Contratar los servicios de un ingeniero para la red de datos", "un ingeniero"),
        ("Servicio de auxiliar de soporte de la plataforma", "auxiliar de"),
        ("Contratação de um analista para o sistema", "um analista"),
        ("Soporte técnico del sistema", ""),
        ("Contratação de empresa especializada para fornecimento de mobiliário para o data center", "mobiliário"),
        ("Contratação de empresa especializada na prestação de serviços de internet", ""),
        ("Contratação de até 50 vagas por turma em inteligência artificial", "vagas por turma"),
        ("Recogida de datos biométricos de ciudadanos", ""),
        ("Pavilhão prisional: câmeras com reconhecimento facial", ""),
        ("Vagas de estacionamento com leitura de placas", ""),
        ("Serviço de telefonia móvel com internet", "telefonia móvel"),
        ("Provision of cyber security awareness training for staff", "awareness training"),
        ("Supply and installation of CLEARVIEW FENCING at the park", "FENCING"),
        ("Request for Quotation for Mobile Crane Services for Toronto", "Mobile Crane"),
        ("Proc of UAV Engine Test Bench (80-1000CC)", "Test Bench"),
        ("LEXISNEXIS LAW 360 SUBSCRIPTION RENEWAL", "LEXISNEXIS"),
        ("Provision of cyber security training and software", ""),
        ("Appointment of a suitable, accredited service provider to conduct a radio network audit", "audit"),
        ("Terms of reference for the appointment of a panel of bidders to render legal vetting", "legal vetting"),
        ("Re-advert: request for proposals for two new headsets", "headsets"),
        ("GSM-R radio consulting", "consulting"),
        ("GB-Glasgow: Example Evolve UC headsets", "headsets"),
        (
            "Supply of one (1) 40 kVA uninterruptible power supply for the CCTV server room",
            "uninterruptible power supply",
        ),
        ("Bid no. 19: supply, delivery, and product training for digital mobile radios", ""),
        ("Appointment of a panel of service providers to render maintenance of CCTV", ""),
        ("Appointment of a service provider for CCTV training systems", ""),
        ("NetScout Hardware, Software, and Training", ""),
        ("Administering servers 2016-Course 20741", "Course"),
        ("Selección y contratación de empresa especializada en treinamento Oracle", "treinamento"),
        ("Obtener certificación de auditores en seguridad informática", "certificación de auditores"),
        (
            "Aquisição de serviços para a fiscalização da empreitada da rede de fibra",
            "serviços para a fiscalização da empreitada",
        ),
        ("Fiscalización de las obras de la red de datos", "Fiscalización de las obras"),
        ("Organización de evento: foro de telecomunicaciones", "Organización de evento"),
        ("300 trípticos sobre seguridad de la información", "trípticos"),
        ("Dos receptores portátiles GPS y software", "receptores portátiles GPS"),
        ("Rastreadores GPS para vehículos", ""),
        ("Central de monitoreo para 8 monitores de signos vitales", "Central de monitoreo para 8 monitores"),
        ("Central de monitoreo de cámaras", ""),
        ("Escáner automotriz con software", "Escáner automotriz"),
        ("Genetec licences for training", ""),
        ("Contratação da empresa Exemplo Cyber Ltda. para disponibilização dos cursos de perícia digital", "cursos"),
        ("Contratación de la empresa Genetec S.A. para el suministro de cámaras", ""),
        ("Inversión - Apoyar al grupo de tecnologías en la fotodetección", "Apoyar al grupo"),
        (
            "153. El contratista se obliga a prestar los servicios profesionales para la nube",
            "servicios profesionales",
        ),
        ("", ""),
    ],
)
def test_what_is_bought_is_looked_for_through_carriers(text, other):
    place = HEADS.other_object(fold(text))

    assert (text[slice(*place[:2])] if place else "") == other


@pytest.mark.parametrize(
    "text",
    [
        "Administrador de base de datos y servidores",
        "Servicios de consultoría individual, soporte de sistemas departamental",
        "Contratación de consultor individual experto en gestión y administración de bases de datos",
        "Contratação de analista de banco de dados para o programa",
        "Individual consultancy: systems analyst and support of the registry",
        "Database administrator, maintenance of the data centre",
        "Especialista en redes y servidores",
        "1 Técnico V en análisis y desarrollo de sistemas",
        "Profissional de tecnologia da informação",
        "SharePoint/application developer",
        "Appointment of two network security engineers for the department",
        "Network management adviser",
        "Professional to develop software tools",
    ],
)
def test_posts_of_persons_are_told_from_things(text):
    assert HEADS.other_object(fold(text)).is_post


@pytest.mark.parametrize(
    "text",
    [
        "Sistema de administración de bases de datos",
        "Administrador de contraseñas para servidores",
        "Consultoría para el desarrollo e implementación del sistema",
        "Servicio técnico y mantenimiento del sistema",
        "Ferramenta para analistas de dados",
        "Asistente virtual con inteligencia artificial",
        "IT specialist support for network infrastructure",
        "Servicios profesionales de soporte del software",
        "Soporte técnico en redes de datos",
        "Software for network engineers",
        "Confidential computing manager",
        "Oracle Developer Suite licences",
        "Professional services to develop software tools",
    ],
)
def test_what_persons_work_with_is_not_a_post(text):
    found = HEADS.other_object(fold(text))

    assert found is None or not found.is_post


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("Acuerdo marco de los trabajos", False),
        ("contratación de una firma consultora 12/2026,", False),
        ("", False),
        ("Cerramiento de la terraza", True),
        ("auditoría del", True),
        ("Works", True),
    ],
)
def test_how_something_is_bought_is_not_a_thing(text, thing):
    assert HEADS.names_thing(fold(text).text) is thing
