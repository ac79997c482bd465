"""What CRMs call our tables and columns, in English, French, and, for deals, German and Spanish:
the dictionary of the proposals.

Names are compared without capitals, accents, blanks, punctuation and French articles; those that
stand first are the better ones. A column's own name always counts.
"""

from functools import cache

from kpi_toolkit.crm.looking.names import plain
from kpi_toolkit.crm.tables import TABLES

# Words that a file of the table, or a column of it, is named by.
NOUNS = {
    "accounts": "account accounts company companies customer customers client clients organization "
    "organizations organisation organisations compte comptes societe societes entreprise",
    "contacts": "contact contacts person persons people personnes",
    "list_members": "member members subscriber subscribers",
    "leads": "lead leads prospect prospects piste pistes",
    "deals": "deal deals opportunity opportunities opp opps pipeline affaire affaires opportunite "
    "opportunites oportunidad oportunidades negocio negocios verkaufschancen",
    "stages": "stage stages etape etapes",
    "activities": "activity activities activite activites task tasks call calls meeting meetings "
    "engagement engagements tache taches appel appels rendezvous",
    "users": "user users owner owners rep reps agent agents team teams utilisateur utilisateurs "
    "commerciaux vendeurs equipe equipes",
    "products": "product products produit produits article articles catalogue",
    "orders": "order orders line lines item items invoice invoices purchase purchases "
    "transaction transactions sale "
    "commande commandes facture factures vente ventes achats retail",
    "subscriptions": "subscription subscriptions contract contracts abonnement abonnements contrat "
    "contrats",
    "tickets": "ticket tickets case cases incident incidents request requests demande demandes "
    "reclamation reclamations",
    "surveys": "survey surveys response responses nps csat feedback enquete enquetes reponse "
    "reponses",
    "campaigns": "campaign campaigns campagne campagnes",
    "mailings": "mailing mailings newsletter newsletters emailing emailings envoi envois",
    "spend": "spend spending cost costs budget depense depenses",
    "targets": "target targets goal goals quota quotas objectif objectifs",
    "exchange_rates": "rate rates exchange fx currencies change cours devises",
    # Files about records, which are not the records.
    "": "history property properties option options tag tags comment comments form schedule policy "
    "role domain recipient dictionary segment question version distribution",
}

_SHARED = """
created_at: created at, created date, create date, creation date, created on, created, date created,
  created time, date creation, cree le, added at, date added, add time, date saisie, sys created at,
  erstellt am, erstellungsdatum, erstelldatum, anlagedatum, fecha creacion, creado el
updated_at: updated at, last modified date, last modified, modified at, modified on, modified date,
  last modified at, last update, updated, updated on, update time, sys updated at, sys updated on,
  system modstamp, last updated, date modification, modifie le, mis a jour le, date mise a jour,
  derniere modification, letztes anderungsdatum, zuletzt geandert am, geandert am, ultima fecha
  modificacion, fecha modificacion
owner: owner, owner name, owner id, hubspot owner id, user id, owner email, sales rep,
  sales representative, sales agent, salesperson, rep, account executive, account manager,
  account owner, commercial, proprietaire, responsable, vendeur, charge affaires, gestionnaire,
  inhaber, besitzer, verkaufer, zustandiger mitarbeiter, zustandiger mitarbeiter fur deal,
  propietario, propietario oportunidad, propietario negocio, vendedor, comercial
account_id: account id, customer id, client id, company id, organization id, organisation id,
  org id, associated company id, account number, customer number, customer no, id client,
  numero client, code client, n client, id compte, id societe, account, customer, client, company,
  organization, organisation, compte, societe, entreprise, account name, customer name,
  company name, organization name, nom client, raison sociale, firma, kunde, kundennummer,
  unternehmen, cliente, empresa, nombre cuenta, cuenta
contact_id: contact id, person id, contact, id contact, requester id, who id
lead_id: lead id, prospect id, lead, id lead, id prospect
deal_id: deal id, opportunity id, deal, opportunity, id affaire, affaire, id opportunite,
  opportunite, converted opportunity id, deal number, opportunity number, reference affaire,
  numero affaire, n affaire, num affaire, datensatz id, id oportunidad, id negocio
campaign_id: campaign id, campaign, campagne, id campagne, utm campaign
currency: currency, currency code, currency iso code, deal currency code, devise, monnaie,
  code devise, wahrung, moneda, divisa, divisa importe, importe divisa
channel: channel, canal, via channel, contact type, contact channel, medium, utm medium, kanal
source: source, lead source, original source, analytics source, account source, referral source,
  acquisition source, origin, origine, provenance, source lead, origine lead, utm source, quelle,
  lead quelle, herkunft, ursprungliche quelle, ursprungliche traffic quelle, origen, origen
  prospecto, origen candidato, fuente original, fuente original trafico
region: region, sales region, regional office, territory region, zone, gebiet
segment: segment, customer segment, market segment, customer type, segment client, typologie
industry: industry, sector, vertical, secteur, secteur activite
country: country, billing country, country name, country code, office location, pays
product: product, product name, product id, product code, sku, stock code, item, item name,
  article, produit, nom produit, reference produit, code article, code produit, produkt, artikel,
  producto
team: team, team name, sales team, assignment group, group, group id, equipe, department, service,
  abteilung, equipo
plan: plan, plan tier, plan name, tier, subscription plan, pricing plan, contract, contract type,
  formule, abonnement, type contrat
pipeline: pipeline, pipeline id, deal pipeline id, pipeline name, processus
quantity: quantity, qty, units, quantite, qte, number of items, number of cds, nombre, menge,
  anzahl, cantidad
became_customer_at: became customer at, customer since, conversion date, first purchase date,
  client depuis
name: name, full name, nom, display name
merged_into: merged into, master record id
minutes: minutes, duration minutes, duration in minutes, duree minutes
"""

_OWN = """
accounts.account_id: id, record id, companyid, accountid
accounts.name: account name, company name, customer name, organization name, company, nom compte,
  nom societe, nom client, raison sociale, societe
accounts.created_at: signup date, sign up date, signed up at, registration date, date inscription
accounts.churned_at: churned at, churn date, cancelled at, cancellation date, date resiliation,
  resilie le
accounts.churn_reason: churn reason, cancellation reason, motif resiliation, motif depart
accounts.segment: company size, taille, taille entreprise
contacts.contact_id: id, record id
contacts.email: email, email address, e mail, mail, adresse email, courriel
contacts.phone: phone, phone number, telephone, tel, mobile
contacts.name: contact name, person name, nom complet, nom contact
leads.lead_id: id, record id
leads.score: score, lead score, hubspot score, note
leads.qualified_at: qualified at, qualified date, qualified on, mql date, sql date, qualifie le,
  date qualification
leads.opportunity_at: opportunity at, opportunity date, converted at, converted date,
  date conversion
leads.first_contacted_at: first contacted at, first contact date, first contact, premier contact
deals.deal_id: deal id, opportunity id, opp id, id, record id, opportunity nummer, datensatz id, id
  oportunidad, id negocio, id registro
deals.status: status, deal status, opportunity status, statut, etat, resultat, issue, outcome,
  ergebnis, resultado, estado
deals.stage: stage, deal stage, stage name, dealstage, pipeline stage, deal pipeline stage id,
  stage id, sales stage, etape, phase, etape vente, etape affaire, nom etape, etapa, etapa negocio,
  etapa oportunidad
deals.amount: amount, deal amount, deal value, close value, opportunity amount, value, total amount,
  tcv, acv, montant, montant ht, montant affaire, montant total ht, ca ht, valeur, valeur affaire,
  amount in company currency, prix, betrag, betrag in unternehmenswahrung, wert, umsatz, importe,
  valor, monto
deals.commission: commission, commission amount, commission montant
deals.kind: kind, type, deal type, opportunity type, type affaire, type opportunite, typ, tipo, tipo
  negocio
deals.created_at: engage date, opened at, open date, opened on, ouvert le, date ouverture
deals.closed_at: closed at, close date, closed date, closedate, closed on, closed, cloture,
  close time, won time, date cloture, cloture le, date fermeture, date signature, signe le,
  abschlussdatum, schließdatum, schlusstermin, geschlossen am, fecha cierre, fecha cerrado
deals.expected_close_on: expected close on, expected close date, expected closing, forecast date,
  date cloture prevue, date signature prevue, cloture prevue, echeance, erwartetes abschlussdatum,
  voraussichtliches abschlussdatum, fecha prevista cierre, fecha cierre prevista
deals.close_reason: close reason, closed lost reason, lost reason, loss reason, win reason,
  reason, motif, motif perte, raison perte, motif cloture, verlustgrund, grund verlust, absagegrund,
  motivo perdida, razon perdida
deals.territory: territory, territoire, territory 2 id
deals.first_contact_at: first contact at, first contact date, premier contact
stages.stage: stage, label, stage name, stage label, etape, nom etape, name
stages.position: position, display order, order, ordre, rang, order nr
stages.probability: probability, probabilite, deal probability, win probability
deal_stages.stage: stage, deal stage, stage name, to stage, new stage, etape, nouvelle etape,
  nom etape, phase, etapa, deal phase, etapa negocio, etapa oportunidad
deal_stages.entered_at: entered at, entered on, changed at, changed on, change date, date changed,
  stage date, since, date, date entree, date entered, date changement, date passage, date etape,
  entree le, change le, depuis, depuis le, timestamp, eingetreten am, geandert am, fecha entrada,
  fecha cambio, desde
record_changes.changed_at: changed at, change date, timestamp
record_changes.field: field, field name, property, champ
record_changes.old: old, old value, ancienne valeur
record_changes.new: new, new value, nouvelle valeur
activities.activity_id: activity id, task id, engagement id, call id, meeting id, id, record id,
  id activite
activities.kind: kind, type, activity type, task type, engagement type, task subtype, type activite,
  nature
activities.direction: direction, sens, call direction
activities.due_at: due at, due date, activity date, echeance, date echeance, a faire le
activities.done_at: done at, completed at, completed date, done on, date realisation, realise le,
  fait le, termine le
activities.created_at: date, timestamp, hs timestamp, start time
users.user_id: user id, owner id, sales agent, agent, sales rep, id, user, username, utilisateur,
  commercial, vendeur, name, email
users.team: manager, team name, equipe
users.active_from: active from, hire date, start date, date embauche, date entree, arrivee
users.active_to: active to, end date, leaving date, date sortie, depart
products.product: product, product name, name, nom, produit, article, product id, id, sku
products.range: range, series, product line, product family, family, category, gamme, famille,
  categorie
products.launched_on: launched on, launch date, release date, date lancement
orders.order_id: order id, order number, order no, invoice no, invoice number, invoice id, invoice,
  transaction id, id commande, numero commande, n commande, numero facture, n facture, id, commande
orders.line: line, line number, line item id, ligne, numero ligne
orders.amount: amount, line total, total, total amount, total price, subtotal, sales, revenue,
  dollar value, net amount, montant, montant ht, total ht, ca, ca ht,
  chiffre affaires, montant ligne
orders.cost: cost, cost price, total cost, cout, cout revient, prix revient
orders.refunded: refunded, refund, refund amount, refunded amount, rembourse, montant rembourse
orders.ordered_at: ordered at, order date, invoice date, purchase date, transaction date,
  created date, date commande, date facture, date achat, commande le, date
subscriptions.subscription_id: subscription id, contract id, id, id abonnement, id contrat,
  numero contrat, n contrat
subscriptions.mrr: mrr, mrr amount, monthly recurring revenue, monthly charges, monthly amount,
  monthly price, loyer mensuel, montant mensuel, mensualite, revenu mensuel
subscriptions.kind: kind, type, movement type, type mouvement
subscriptions.started_at: started at, start date, started on, begin date, date debut, debut,
  date effet, debut contrat
subscriptions.ended_at: ended at, end date, ended on, cancelled at, date fin, fin, date resiliation,
  fin contrat
subscriptions.end_reason: end reason, termination reason, motif fin
subscriptions.renewal_due_at: renewal due at, renewal date, next renewal, date renouvellement,
  echeance
subscriptions.renewed_at: renewed at, renewed on, renouvele le
tickets.ticket_id: ticket id, case id, case number, ticket number, incident number, number, id,
  request id, id ticket, numero ticket, n ticket, reference
tickets.agent: agent, assignee, assignee id, assigned to, owner, owner id, hubspot owner id,
  technicien, affecte a, assigne a, traite par
tickets.account_id: account id, customer id, company id, organization id, caller id,
  requester id
tickets.category: category, ticket category, categorie, sujet, motif, theme
tickets.priority: priority, ticket priority, priorite, severity, urgency, urgence, gravite
tickets.kind: kind, type, ticket type, type demande, type ticket
tickets.interactions: interactions, replies, number of replies, message count, nombre echanges
tickets.reopened: reopened, is reopened, rouvert
tickets.escalated: escalated, is escalated, escalation flag, escalade
tickets.met_sla: met sla, made sla, sla met, within sla, sla respecte
tickets.sla_due_at: sla due at, sla due, due at, due date, echeance sla, date limite
tickets.created_at: opened at, submitted at, open date, opened on, ouvert le,
  date ouverture, recu le
tickets.first_response_at: first response at, first reply at, first response date,
  first agent reply date, premiere reponse, premiere reponse le, date premiere reponse
tickets.resolved_at: resolved at, resolved date, solved at, resolved on, closed at, closed date,
  resolu le, date resolution, ferme le, date cloture, cloture le, date fermeture
surveys.response_id: response id, id, survey response id, id reponse
surveys.kind: kind, survey type, type, type enquete
surveys.score: score, rating, nps, nps score, csat, note, satisfaction score, answer
surveys.responded_at: responded at, response date, recorded date, submitted at, answered at, date,
  date reponse, end date, repondu le
surveys.touchpoint: touchpoint, point contact, moment
campaigns.campaign_id: id, campaign id
campaigns.name: campaign name, name, title, nom campagne
campaigns.launched_at: launched at, launch date, start date, send time, date lancement, date debut
campaigns.kind: kind, type, campaign type
mailings.day: day, date, send date, sent on, sent at, send time, date envoi, jour, envoye le
mailings.sent: sent, emails sent, recipients, envoyes, envois, destinataires
mailings.delivered: delivered, deliveries, delivres, aboutis, recus
mailings.opened: opened, opens, unique opens, ouvertures, ouverts, ouvreurs
mailings.clicked: clicked, clicks, unique clicks, clics, clics uniques, cliqueurs
mailings.unsubscribed: unsubscribed, unsubscribes, desabonnements, desinscrits, desabonnes
mailings.answered: answered, replies, answers, reponses
mailings.converted: converted, conversions, conversion
mailings.engaged: engaged, visit
mailings.variant: variant, ab variant, version, variante
list_members.list: list, list id, list name, liste
list_members.subscribed_at: subscribed at, timestamp signup, signup date, opt in date,
  date inscription, abonne le
list_members.unsubscribed_at: unsubscribed at, unsubscribe date, opt out date, date desinscription,
  desabonne le
spend.day: day, date, jour, month
spend.amount: amount, spend, cost, budget, amount spent, depense, montant, cout
exchange_rates.day: day, date, jour, rate date, date cours
exchange_rates.currency: currency, currency code, iso code, devise, monnaie
exchange_rates.rate: rate, exchange rate, conversion rate, fx rate, taux, cours, taux change
targets.kpi: kpi, metric, indicator, indicateur
targets.period: period, periode, month, quarter, mois, trimestre
targets.value: value, target, goal, quota, objectif, cible, valeur
targets.dimension: dimension, axe
targets.member: member, membre
"""


def _parsed(text: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for entry in text.replace("\n  ", " ").strip().splitlines():
        name, _, words = entry.partition(":")
        found[name] = tuple(plain(word) for word in words.split(","))
    return found


_SHARED_NAMES, _OWN_NAMES = _parsed(_SHARED), _parsed(_OWN)


@cache
def synonyms(table: str) -> dict[str, dict[str, int]]:
    """For each plain name, the columns of the table that bear it, with how far behind it stands."""
    found: dict[str, dict[str, int]] = {}
    for column in TABLES[table].columns:
        own, shared = _OWN_NAMES.get(f"{table}.{column}", ()), _SHARED_NAMES.get(column, ())
        for place, word in enumerate(dict.fromkeys((plain(column), *own, *shared))):
            found.setdefault(word, {})[column] = place
    return found


@cache
def rarity(word: str) -> float:
    """How much a plain name says about the table: 1 where one table knows it, little for `id`."""
    return 1 / max(1, sum(word in synonyms(table) for table in TABLES))
