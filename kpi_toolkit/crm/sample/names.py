"""What French and British companies are called."""

import numpy as np

from kpi_toolkit.crm.sample.draws import Draws, Flag, Text

LONG_NAME = "Établissements Hérault-Castelnau de la Fontaine & Fils"

FRENCH = """
    Abadie Allard Arnaud Aubert Barbier Baudry Beaumont Bellanger Béranger Bertin Blanchet
    Boisseau Bonnefoy Bouchard Boulanger Bourdon Brisset Cabrera Carpentier Castelnau Chabrol
    Champagne Charpentier Chauvin Clément Collet Combes Corbière Courtois Dambreville Daumas
    Delacroix Delaunay Desbordes Deschênes Dubreuil Duchêne Dufour Dumoulin Duplessis Escoffier
    Estève Fabre Fauré Ferrand Feuillâtre Fontenoy Fougères Fournier Gaillard Garnier Gauthier
    Gérard Gilbert Girardot Grandjean Grosjean Guérin Guichard Haristoy Hébert Hérault Huguenin
    Imbert Jacquemin Jouanneau Jourdan Kerbrat Labbé Lacaze Lagarde Lamoureux Langlois Lavigne
    Lebreton Lecœur Leclère Legrand Lemaître Lépine Leroux L’Hermitte Loiseau Magnan Maillard
    Malherbe Marceau Marchal Masséna Mézières Molinier Montagne Moreau Morvan Navarre Noël
    Ollivier Palissy Pasquier Pélissier Périgord Pinçon Poirier Pontcarré Prévost Quentin Raffin
    Rémy Renaudin Ribeyre Rivoire Rochefort Roussin Sabatier Saint-Clair Salomon Sauvage Savarin
    Séguin Simonet Soulié Tanguy Teissier Tessier Thévenet Tourneur Trémont Vacher Valette
    Vasseur Verdier Vernet Viguier Villeneuve Vincent Voisin Wagner
"""
ENGLISH = """
    Abbott Ainsworth Ashcroft Atherton Bancroft Barlow Blackwood Bramley Calloway Chadwick
    Clifford Coleridge Cooper Crawford Davenport Drummond Eastwood Fairfax Fitzroy Fletcher
    Garrick Gilchrist Grantham Halliwell Harding Hartley Hawthorne Huxley Kavanagh Kensington
    Langford Lockhart MacAllister McBride Merriweather Norwood O’Brien O’Donnell Pemberton
    Penhaligon Prescott Radcliffe Ramsbottom Sheridan Stanhope Sterling Sutherland Thackeray
    Thornbury Underhill Wainwright Wetherby Whitcombe Winterbourne Wolstenholme Yardley
"""
FRENCH_FORMS = (
    "Établissements {a}",
    "{a} SA",
    "Groupe {a}",
    "Ateliers {a}",
    "{a} & Fils",
    "Maison {a}",
    "Transports {a}",
    "{a} Industrie",
    "Société {a}-{b}",
    "{a} Conseil",
    "Cabinet {a} & Associés",
    "Imprimerie {a}",
    "{a} Énergies",
    "Laboratoires {a}",
    "Constructions {a}-{b}",
    "{a} Distribution",
    "Les Vergers de {b}",
    "{a} Logistique",
    "L’Atelier {a}",
    "{a}, {b} et Cie",
    "Établissements {a}-{b} & Fils",
    "{a} Systèmes",
    "Menuiserie {a}",
)
ENGLISH_FORMS = (
    "{a} Ltd",
    "{a} & Sons",
    "{a} & {b} LLP",
    "{a} Holdings plc",
    "{a} Logistics Ltd",
    "{a}’s Bakery",
    "{a} Engineering",
    "The {a} Group",
    "{a} Freight Services",
    "{a}-{b} Partners",
    "{a} Foods Ltd",
    "{a} Consulting",
    "{a} Print Works",
)


def company_names(draws: Draws, english: Flag) -> Text:
    """A name each; a few companies share theirs, as in any CRM, and one is very long."""
    size = len(english)
    form, first, second = (draws.below(f"names.{part}", 1 << 30, size) for part in "abc")
    families, forms = (FRENCH.split(), ENGLISH.split()), (FRENCH_FORMS, ENGLISH_FORMS)
    names = [
        _name(families[abroad], forms[abroad], *numbers)
        for abroad, *numbers in zip(
            english.tolist(), form.tolist(), first.tolist(), second.tolist(), strict=True
        )
    ]
    names[size // 3] = LONG_NAME
    return np.array(names, dtype=object)


def _name(families: list[str], forms: tuple[str, ...], form: int, first: int, second: int) -> str:
    chosen = forms[form % len(forms)]
    return chosen.format(a=families[first % len(families)], b=families[second % len(families)])
