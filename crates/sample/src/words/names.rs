//! First and last names by region, with names from elsewhere mixed in, as in any European office.

use crate::{companies::Region, dice::Dice};

/// A full name that suits the region; one in six comes from further away.
pub fn full_name(dice: &mut Dice, region: Region) -> String {
    let (first, last) = match region {
        _ if dice.chance(0.17) => (ELSEWHERE_FIRST, ELSEWHERE_LAST),
        Region::Iberia => (IBERIA_FIRST, IBERIA_LAST),
        Region::Dach => (DACH_FIRST, DACH_LAST),
        Region::Nordics => (NORDICS_FIRST, NORDICS_LAST),
        Region::France => (FRANCE_FIRST, FRANCE_LAST),
        Region::UkIreland => (UK_FIRST, UK_LAST),
    };
    format!("{} {}", dice.pick(first), dice.pick(last))
}

const IBERIA_FIRST: &[&str] = &[
    "Rui", "Ana", "Inês", "Tiago", "Marta", "João", "Beatriz", "Diogo", "Catarina", "Miguel", "Joana", "Pedro", "Sofia", "Nuno",
    "Carmen", "Javier", "Lucía", "Álvaro", "Elena", "Pablo", "Rocío", "Sergio", "Nerea", "Iker", "Marina", "Gonzalo", "Irene",
    "Vasco", "Leonor", "Duarte", "Pilar", "Andrés", "Filipa", "Xavier", "Núria", "Teresa", "Bruno", "Raquel", "Hugo", "Alba",
];
const IBERIA_LAST: &[&str] = &[
    "Almeida", "Carvalho", "Ferreira", "Gomes", "Lopes", "Marques", "Nunes", "Pereira", "Ribeiro", "Santos", "Teixeira", "Vieira",
    "Conceição", "Figueiredo", "Moreira", "Bragança", "García", "Ruiz", "Ortega", "Navarro", "Iglesias", "Castillo", "Serrano",
    "Molina", "Vidal", "Ferrer", "Etxeberria", "Cabrera", "Fuentes", "Peña", "Coelho", "Machado", "Tavares", "Roca", "Puig",
];
const DACH_FIRST: &[&str] = &[
    "Lukas", "Anna", "Jonas", "Lena", "Felix", "Katharina", "Maximilian", "Johanna", "Stefan", "Miriam", "Florian", "Theresa",
    "Sebastian", "Franziska", "Tobias", "Nina", "Matthias", "Julia", "Andreas", "Sabine", "Jürgen", "Birgit", "Dominik", "Elisa",
    "Reto", "Urs", "Ronja", "Klara", "Moritz", "Hannes", "Greta", "Emil", "Carla", "Benedikt", "Svenja", "Malte", "Wiebke", "Oskar",
];
const DACH_LAST: &[&str] = &[
    "Müller", "Schneider", "Fischer", "Wagner", "Hoffmann", "Schulz", "Koch", "Bauer", "Richter", "Wolf", "Neumann", "Schwarz",
    "Zimmermann", "Krüger", "Hartmann", "Lange", "Werner", "Krause", "Lehmann", "Köhler", "Huber", "Gruber", "Steiner", "Moser",
    "Brunner", "Keller", "Frei", "Baumann", "Zürcher", "Vogel", "Seidel", "Brandt", "Engel", "Jung", "Sommer", "Winter",
];
const NORDICS_FIRST: &[&str] = &[
    "Astrid", "Erik", "Ingrid", "Lars", "Freja", "Magnus", "Sofie", "Mikkel", "Emma", "Oskar", "Linnea", "Anders", "Maja", "Henrik",
    "Elin", "Søren", "Kirsten", "Jens", "Solveig", "Bjørn", "Aino", "Eero", "Helmi", "Juhani", "Kaisa", "Mika", "Saga", "Nils",
    "Tuva", "Håkon", "Sigrid", "Rasmus", "Ida", "Viggo", "Annika", "Petter", "Signe", "Jonas", "Matilda", "Kasper",
];
const NORDICS_LAST: &[&str] = &[
    "Andersson", "Johansson", "Lindberg", "Nyström", "Sandberg", "Holm", "Berg", "Dahl", "Hansen", "Larsen", "Nielsen", "Sørensen",
    "Kristensen", "Madsen", "Eriksen", "Halvorsen", "Haugen", "Solberg", "Virtanen", "Korhonen", "Nieminen", "Laine", "Heikkinen",
    "Salonen", "Lund", "Bergström", "Ekström", "Forsberg", "Åberg", "Öberg", "Mortensen", "Thomsen", "Bakke", "Strand", "Moen",
];
const FRANCE_FIRST: &[&str] = &[
    "Camille", "Julien", "Léa", "Antoine", "Manon", "Thomas", "Chloé", "Nicolas", "Élodie", "Mathieu", "Claire", "Guillaume", "Sarah",
    "Maxime", "Pauline", "Étienne", "Margaux", "Romain", "Juliette", "Baptiste", "Aurélie", "Quentin", "Noémie", "Laurent", "Céline",
    "Olivier", "Inès", "Damien", "Mélanie", "Bastien", "Amélie", "Rémi", "Lotte", "Pieter", "Anouk", "Joris",
];
const FRANCE_LAST: &[&str] = &[
    "Martin", "Bernard", "Dubois", "Moreau", "Laurent", "Girard", "Fontaine", "Chevalier", "Robin", "Mercier", "Lambert", "Faure",
    "Rousseau", "Blanchard", "Guérin", "Perrin", "Morel", "Gauthier", "Lefèvre", "Renaud", "Marchand", "Caron", "Barbier", "Arnaud",
    "Peeters", "Janssens", "Maes", "Lemaire", "Charpentier", "Delorme", "Vasseur", "Picard", "Colin", "Bouvier", "Leclerc",
];
const UK_FIRST: &[&str] = &[
    "Oliver", "Amelia", "George", "Isla", "Harry", "Grace", "Jack", "Freya", "Charlie", "Poppy", "Thomas", "Evie", "Rory", "Niamh",
    "Conor", "Aoife", "Sean", "Ciara", "Alistair", "Fiona", "Gareth", "Bronwen", "Rhys", "Megan", "Lewis", "Imogen", "Callum",
    "Eleanor", "Duncan", "Harriet", "Edward", "Charlotte", "Declan", "Orla", "Simon", "Victoria", "Nathan", "Hannah",
];
const UK_LAST: &[&str] = &[
    "Smith", "Taylor", "Brown", "Walker", "Wright", "Hughes", "Green", "Hall", "Clarke", "Turner", "Cooper", "Ward", "Bailey",
    "Murphy", "O'Brien", "Kelly", "Byrne", "Walsh", "Doyle", "Gallagher", "Campbell", "Stewart", "Fraser", "MacLeod", "Morgan",
    "Evans", "Davies", "Llewellyn", "Bennett", "Foster", "Marsh", "Whitfield", "Hargreaves", "Ashworth", "Pemberton", "Sinclair",
];
const ELSEWHERE_FIRST: &[&str] = &[
    "Priya", "Arjun", "Ananya", "Ravi", "Fatima", "Omar", "Leila", "Youssef", "Amina", "Kwame", "Ama", "Chidi", "Ngozi", "Wei", "Mei",
    "Jun", "Yuki", "Haruto", "Sakura", "Minh", "Linh", "Agnieszka", "Piotr", "Katarzyna", "Tomasz", "Elif", "Emre", "Zeynep",
    "Thiago", "Larissa", "Camila", "Mateo", "Olena", "Andriy", "Ioana", "Mihai", "Elena", "Dimitris", "Giulia", "Marco", "Aisha",
];
const ELSEWHERE_LAST: &[&str] = &[
    "Sharma", "Patel", "Iyer", "Khan", "Haddad", "Benali", "El Amrani", "Mensah", "Owusu", "Okafor", "Adeyemi", "Chen", "Wang", "Liu",
    "Tanaka", "Sato", "Nguyen", "Tran", "Kowalski", "Nowak", "Wójcik", "Yılmaz", "Demir", "Kaya", "Oliveira", "Souza", "Rojas",
    "Shevchenko", "Kovalenko", "Popescu", "Ionescu", "Papadopoulos", "Rossi", "Conti", "Ferrari", "Diallo", "Traoré", "Kim", "Park",
];
