"""The world's countries: their ISO 3166-1 codes, the name we write, and further names by which people know them."""

import re
from typing import Final
from unicodedata import combining, normalize

import polars as pl

_TABLE: Final = """
AD AND Andorra; AE ARE United Arab Emirates|UAE; AF AFG Afghanistan; AG ATG Antigua and Barbuda;
AI AIA Anguilla; AL ALB Albania; AM ARM Armenia; AO AGO Angola; AQ ATA Antarctica; AR ARG Argentina;
AS ASM American Samoa; AT AUT Austria|Österreich; AU AUS Australia; AW ABW Aruba; AX ALA Åland Islands;
AZ AZE Azerbaijan; BA BIH Bosnia and Herzegovina; BB BRB Barbados; BD BGD Bangladesh;
BE BEL Belgium|Belgique|België; BF BFA Burkina Faso; BG BGR Bulgaria; BH BHR Bahrain; BI BDI Burundi;
BJ BEN Benin; BL BLM Saint Barthélemy; BM BMU Bermuda; BN BRN Brunei|Brunei Darussalam;
BO BOL Bolivia|Bolivia, Plurinational State of; BQ BES Bonaire; BR BRA Brazil|Brasil;
BS BHS Bahamas|The Bahamas; BT BTN Bhutan; BV BVT Bouvet Island; BW BWA Botswana; BY BLR Belarus;
BZ BLZ Belize; CA CAN Canada; CC CCK Cocos (Keeling) Islands;
CD COD Congo (Kinshasa)|Congo, The Democratic Republic of the|Democratic Republic of the Congo;
CF CAF Central African Republic; CG COG Congo (Brazzaville); CH CHE Switzerland|Schweiz|Suisse;
CI CIV Ivory Coast|Côte d'Ivoire; CK COK Cook Islands; CL CHL Chile; CM CMR Cameroon;
CN CHN China|People's Republic of China; CO COL Colombia; CR CRI Costa Rica; CU CUB Cuba;
CV CPV Cape Verde|Cabo Verde; CW CUW Curaçao; CX CXR Christmas Island; CY CYP Cyprus;
CZ CZE Czech Republic|Czechia; DE DEU Germany|Deutschland; DJ DJI Djibouti; DK DNK Denmark|Danmark;
DM DMA Dominica; DO DOM Dominican Republic; DZ DZA Algeria; EC ECU Ecuador; EE EST Estonia; EG EGY Egypt;
EH ESH Western Sahara; ER ERI Eritrea; ES ESP Spain|España; ET ETH Ethiopia; FI FIN Finland|Suomi; FJ FJI Fiji;
FK FLK Falkland Islands|Falkland Islands (Malvinas); FM FSM Micronesia|Micronesia, Federated States of;
FO FRO Faroe Islands; FR FRA France; GA GAB Gabon;
GB GBR United Kingdom|Great Britain|UK|U.K.|England|Scotland|Wales|Northern Ireland;
GD GRD Grenada; GE GEO Georgia; GF GUF French Guiana; GG GGY Guernsey; GH GHA Ghana; GI GIB Gibraltar;
GL GRL Greenland; GM GMB Gambia|The Gambia; GN GIN Guinea; GP GLP Guadeloupe; GQ GNQ Equatorial Guinea;
GR GRC Greece; GS SGS South Georgia and the South Sandwich Islands; GT GTM Guatemala; GU GUM Guam;
GW GNB Guinea-Bissau; GY GUY Guyana; HK HKG Hong Kong|Hong Kong SAR; HM HMD Heard Island and McDonald Islands;
HN HND Honduras; HR HRV Croatia; HT HTI Haiti; HU HUN Hungary|Magyarország; ID IDN Indonesia;
IE IRL Ireland|Éire; IL ISR Israel; IM IMN Isle of Man; IN IND India; IO IOT British Indian Ocean Territory;
IQ IRQ Iraq; IR IRN Iran|Iran, Islamic Republic of; IS ISL Iceland; IT ITA Italy|Italia; JE JEY Jersey;
JM JAM Jamaica; JO JOR Jordan; JP JPN Japan; KE KEN Kenya; KG KGZ Kyrgyzstan; KH KHM Cambodia; KI KIR Kiribati;
KM COM Comoros; KN KNA Saint Kitts and Nevis; KP PRK North Korea|Korea, Democratic People's Republic of;
KR KOR South Korea|Korea, Republic of|Republic of Korea; KW KWT Kuwait; KY CYM Cayman Islands;
KZ KAZ Kazakhstan; LA LAO Laos|Lao People's Democratic Republic; LB LBN Lebanon; LC LCA Saint Lucia;
LI LIE Liechtenstein; LK LKA Sri Lanka; LR LBR Liberia; LS LSO Lesotho; LT LTU Lithuania; LU LUX Luxembourg;
LV LVA Latvia; LY LBY Libya; MA MAR Morocco; MC MCO Monaco; MD MDA Moldova|Moldova, Republic of;
ME MNE Montenegro; MF MAF Saint Martin; MG MDG Madagascar; MH MHL Marshall Islands;
MK MKD North Macedonia|Macedonia; ML MLI Mali; MM MMR Myanmar|Burma; MN MNG Mongolia; MO MAC Macao;
MP MNP Northern Mariana Islands; MQ MTQ Martinique; MR MRT Mauritania; MS MSR Montserrat; MT MLT Malta;
MU MUS Mauritius; MV MDV Maldives; MW MWI Malawi; MX MEX Mexico|México; MY MYS Malaysia; MZ MOZ Mozambique;
NA NAM Namibia; NC NCL New Caledonia; NE NER Niger; NF NFK Norfolk Island; NG NGA Nigeria; NI NIC Nicaragua;
NL NLD Netherlands|The Netherlands|Holland; NO NOR Norway|Norge; NP NPL Nepal; NR NRU Nauru; NU NIU Niue;
NZ NZL New Zealand; OM OMN Oman; PA PAN Panama; PE PER Peru; PF PYF French Polynesia; PG PNG Papua New Guinea;
PH PHL Philippines; PK PAK Pakistan; PL POL Poland|Polska; PM SPM Saint Pierre and Miquelon; PN PCN Pitcairn;
PR PRI Puerto Rico; PS PSE Palestine|Palestine, State of; PT PRT Portugal; PW PLW Palau; PY PRY Paraguay;
QA QAT Qatar; RE REU Réunion; RO ROU Romania; RS SRB Serbia; RU RUS Russia|Russian Federation; RW RWA Rwanda;
SA SAU Saudi Arabia; SB SLB Solomon Islands; SC SYC Seychelles; SD SDN Sudan; SE SWE Sweden|Sverige;
SG SGP Singapore; SH SHN Saint Helena; SI SVN Slovenia; SJ SJM Svalbard and Jan Mayen; SK SVK Slovakia;
SL SLE Sierra Leone; SM SMR San Marino; SN SEN Senegal; SO SOM Somalia; SR SUR Suriname; SS SSD South Sudan;
ST STP Sao Tome and Principe; SV SLV El Salvador; SX SXM Sint Maarten; SY SYR Syria|Syrian Arab Republic;
SZ SWZ Eswatini|Swaziland; TC TCA Turks and Caicos Islands; TD TCD Chad; TF ATF French Southern Territories;
TG TGO Togo; TH THA Thailand; TJ TJK Tajikistan; TK TKL Tokelau; TL TLS East Timor|Timor-Leste;
TM TKM Turkmenistan; TN TUN Tunisia; TO TON Tonga; TR TUR Turkey|Türkiye; TT TTO Trinidad and Tobago;
TV TUV Tuvalu; TW TWN Taiwan|Taiwan, Province of China; TZ TZA Tanzania|Tanzania, United Republic of;
UA UKR Ukraine; UG UGA Uganda; UM UMI United States Minor Outlying Islands;
US USA United States|United States of America|USA|U.S.A.|U.S.; UY URY Uruguay; UZ UZB Uzbekistan;
VA VAT Vatican City|Holy See (Vatican City State); VC VCT Saint Vincent and the Grenadines;
VE VEN Venezuela|Venezuela, Bolivarian Republic of; VG VGB British Virgin Islands; VI VIR U.S. Virgin Islands;
VN VNM Vietnam|Viet Nam; VU VUT Vanuatu; WF WLF Wallis and Futuna; WS WSM Samoa; YE YEM Yemen; YT MYT Mayotte;
ZA ZAF South Africa; ZM ZMB Zambia; ZW ZWE Zimbabwe
"""
# One country after the other: alpha-2, alpha-3, then its names, the one that we write first.


def _rows() -> list[tuple[str, str, list[str]]]:
    entries = (entry.strip().split(" ", 2) for entry in _TABLE.replace("\n", " ").split(";"))
    return [(alpha2, alpha3, names.split("|")) for alpha2, alpha3, names in entries]


COUNTRIES: Final = {alpha2: {"alpha2": alpha2, "alpha3": alpha3, "name": names[0]} for alpha2, alpha3, names in _rows()}
"""By alpha-2 code, the forms in which a country may be written."""

_MARKS: Final = re.compile(r"[^\w ]")
_WORDS: Final = {"&": " and ", "-": " "}


def _folded(spelling: str) -> str:
    """Return a spelling without what people leave out or write otherwise: accents, dots, `the`, `St.` for `Saint`."""
    for written, meant in _WORDS.items():
        spelling = spelling.replace(written, meant)
    letters = "".join(one for one in normalize("NFKD", spelling.casefold()) if not combining(one))
    words = _MARKS.sub("", letters).split()
    if len(words) == 1:
        return words[0]
    named = words[1:] if words[:1] == ["the"] else words
    return " ".join("saint" if word == "st" else word for word in named)


_BY_SPELLING: Final = {
    _folded(spelling): alpha2 for alpha2, alpha3, names in _rows() for spelling in (alpha2, alpha3, *names)
}


def alpha2(text: pl.Expr) -> pl.Expr:
    """Return the alpha-2 code of the country that each text names or codes, in any case; null where it is none."""
    return text.map_batches(_codes, return_dtype=pl.String)


def _codes(texts: pl.Series) -> pl.Series:
    """Look up each distinct text once: a column of countries holds few."""
    distinct = texts.unique().drop_nulls()
    codes = [_BY_SPELLING.get(_folded(text)) for text in distinct]
    return texts.replace_strict(distinct, pl.Series(codes, dtype=pl.String), default=None, return_dtype=pl.String)


def written(code: pl.Expr, form: str) -> pl.Expr:
    """Return alpha-2 codes in one form.

    Args:
        code: The codes.
        form: `alpha2`, `alpha3` or `name`.
    """
    forms = {alpha2: country[form] for alpha2, country in COUNTRIES.items()}
    return code.replace_strict(forms, default=None, return_dtype=pl.String)
