mod fixture;
mod hunter;
mod model;
mod people;
mod places;
mod signatures;
mod smtp;
mod twilio;
