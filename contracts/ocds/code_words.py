"""Codes of OCDS's code lists in words, as records hold them and people read them."""

from collections.abc import Mapping

from contracts.ocds.portuguese import PORTUGAL, in_portugal

Words = Mapping[str, tuple[str, ...]]

# English, Spanish, Portuguese.
LANGUAGES = ("en", "es", "pt")
METHODS: Words = {
    "open": ("open tender", "licitación abierta", "licitação aberta"),
    "selective": ("selective tender", "licitación selectiva", "licitação seletiva"),
    "limited": ("limited tender", "licitación limitada", "licitação limitada"),
    "direct": ("direct award", "contratación directa", "contratação direta"),
}
CATEGORIES: Words = {
    "goods": ("goods", "bienes", "bens"),
    "works": ("works", "obras", "obras"),
    "services": ("services", "servicios", "serviços"),
}
CRITERIA: Words = {
    "priceOnly": ("price only", "solo precio", "só preço"),
    "lowestCost": ("lowest cost", "menor costo", "menor custo"),
    "costOnly": ("cost only", "solo costo", "só custo"),
    "qualityOnly": ("quality only", "solo calidad", "só qualidade"),
    "ratedCriteria": ("rated criteria", "criterios ponderados", "critérios ponderados"),
    "bestProposal": ("best proposal", "mejor propuesta", "melhor proposta"),
    "bestValueToGovernment": ("best value to government", "mejor valor para el Estado", "melhor valor para o Estado"),
    "singleBidOnly": ("single bid only", "oferta única", "proposta única"),
}
ROLES: Words = {
    "buyer": ("buyer", "comprador", "comprador"),
    "procuringEntity": ("procuring entity", "entidad contratante", "entidade contratante"),
    "tenderer": ("tenderer", "oferente", "licitante"),
    "leadTenderer": ("lead tenderer", "oferente líder", "licitante líder"),
    "supplier": ("supplier", "proveedor", "fornecedor"),
    "funder": ("funder", "financiador", "financiador"),
    "enquirer": ("enquirer", "quien consulta", "quem consulta"),
    "payer": ("payer", "pagador", "pagador"),
    "payee": ("payee", "beneficiario del pago", "beneficiário do pagamento"),
    "reviewBody": ("review body", "órgano de revisión", "órgão de revisão"),
    "interestedParty": ("interested party", "parte interesada", "parte interessada"),
    "candidate": ("candidate", "candidato", "candidato"),
    "subcontractor": ("subcontractor", "subcontratista", "subcontratado"),
}
# Of tenders, awards, contracts and bids; the masculine agrees with "process".
STATUSES: Words = {
    "planning": ("in planning", "en preparación", "em preparação"),
    "planned": ("planned", "planificado", "planejado"),
    "active": ("active", "vigente", "vigente"),
    "pending": ("pending", "pendiente", "pendente"),
    "complete": ("complete", "concluido", "concluído"),
    "cancelled": ("cancelled", "cancelado", "cancelado"),
    "unsuccessful": ("unsuccessful", "desierto", "sem vencedor"),
    "withdrawn": ("withdrawn", "retirado", "retirado"),
    "terminated": ("terminated", "terminado", "encerrado"),
    "invited": ("invited", "invitado", "convidado"),
    "valid": ("valid", "válido", "válido"),
    "disqualified": ("disqualified", "descalificado", "desclassificado"),
}
CODES: Words = {**METHODS, **CATEGORIES, **CRITERIA, **ROLES, **STATUSES}
# What a document is; codes of documents stay apart, for some are words of other lists too.
DOCUMENT_TYPES: Words = {
    "plannedProcurementNotice": (
        "planned procurement notice",
        "aviso de compra planificada",
        "aviso de compra planejada",
    ),
    "procurementPlan": ("procurement plan", "plan de compras", "plano de compras"),
    "marketStudies": ("market studies", "estudios de mercado", "estudos de mercado"),
    "needsAssessment": ("needs assessment", "evaluación de necesidades", "avaliação de necessidades"),
    "projectPlan": ("project plan", "plan del proyecto", "plano do projeto"),
    "feasibilityStudy": ("feasibility study", "estudio de factibilidad", "estudo de viabilidade"),
    "environmentalImpact": ("environmental impact", "impacto ambiental", "impacto ambiental"),
    "assetAndLiabilityAssessment": (
        "assessment of assets and liabilities",
        "evaluación de activos y pasivos",
        "avaliação de ativos e passivos",
    ),
    "riskProvisions": ("risk provisions", "disposiciones sobre riesgos", "disposições sobre riscos"),
    "hearingNotice": ("notice of hearing", "aviso de audiencia", "aviso de audiência"),
    "tenderNotice": ("tender notice", "aviso de licitación", "aviso de licitação"),
    "biddingDocuments": ("bidding documents", "pliego de condiciones", "edital"),
    "technicalSpecifications": ("technical specifications", "especificaciones técnicas", "especificações técnicas"),
    "evaluationCriteria": ("evaluation criteria", "criterios de evaluación", "critérios de avaliação"),
    "eligibilityCriteria": ("eligibility criteria", "criterios de elegibilidad", "critérios de elegibilidade"),
    "clarifications": ("clarifications", "aclaraciones", "esclarecimentos"),
    "shortlistedFirms": ("shortlisted firms", "empresas preseleccionadas", "empresas pré-selecionadas"),
    "billOfQuantity": ("bill of quantities", "lista de cantidades", "planilha de quantidades"),
    "bidders": ("bidders", "oferentes", "licitantes"),
    "conflictOfInterest": ("conflicts of interest", "conflictos de interés", "conflitos de interesse"),
    "debarments": ("debarments", "inhabilitaciones", "impedimentos"),
    "submissionDocuments": ("bid documents", "documentos de la oferta", "documentos da proposta"),
    "evaluationReports": ("evaluation report", "informe de evaluación", "relatório de avaliação"),
    "winningBid": ("winning bid", "oferta ganadora", "proposta vencedora"),
    "complaints": ("complaints", "reclamos", "reclamações"),
    "awardNotice": ("award notice", "aviso de adjudicación", "aviso de adjudicação"),
    "contractDraft": ("draft contract", "borrador del contrato", "minuta do contrato"),
    "contractSigned": ("signed contract", "contrato firmado", "contrato assinado"),
    "contractNotice": ("contract notice", "aviso del contrato", "extrato do contrato"),
    "contractText": ("text of the contract", "texto del contrato", "texto do contrato"),
    "contractSummary": ("summary of the contract", "resumen del contrato", "resumo do contrato"),
    "contractArrangements": ("arrangements for ending the contract", "término del contrato", "término do contrato"),
    "contractSchedule": ("schedules of the contract", "cronograma del contrato", "cronograma do contrato"),
    "contractAnnexe": ("annexe of the contract", "anexo del contrato", "anexo do contrato"),
    "contractGuarantees": ("guarantees", "garantías", "garantias"),
    "subContract": ("subcontract", "subcontrato", "subcontrato"),
    "amendment": ("amendment", "modificación", "aditivo"),
    "cancellationDetails": ("details of the cancellation", "detalles de la cancelación", "detalhes do cancelamento"),
    "completionCertificate": ("completion certificate", "acta de conclusión", "termo de conclusão"),
    "finalAudit": ("final audit", "auditoría final", "auditoria final"),
    "physicalProgressReport": (
        "report of physical progress",
        "informe de avance físico",
        "relatório de avanço físico",
    ),
    "financialProgressReport": (
        "report of financial progress",
        "informe de avance financiero",
        "relatório de avanço financeiro",
    ),
    "illustration": ("illustration", "ilustración", "ilustração"),
}


def word_of(code: str, language: str, words: Words = CODES) -> str:
    """Return a code in words of ``language`` (``en``, ``es``, ``pt``, ``pt-pt``); a text that is no code as it is."""
    if code not in words:
        return code
    if language == PORTUGAL:
        return in_portugal(word_of(code, "pt", words))
    return words[code][LANGUAGES.index(language)]


def words_of(codes: str, language: str) -> str:
    """Return codes that stand in one text with commas between, in words."""
    return ", ".join(word_of(code, language) for code in codes.split(", "))
