//! Long lists, which are given in pieces.

use super::*;

fn numbers(answer: &Message) -> Vec<i32> {
    let groups = answer.groups_of(group::JOB);
    groups
        .map(|job| job.first("job-id").and_then(Value::as_integer).unwrap())
        .collect()
}

#[tokio::test]
async fn a_list_of_several_pieces_is_whole_and_in_order() {
    let house = House::new().await;
    for n in 0..450 {
        let mut message = request(op::CREATE_JOB, None);
        // No user may have so many.
        message.groups[0]
            .attributes
            .retain(|a| a.name != "requesting-user-name");
        message.groups[0].push("requesting-user-name", Value::name(&format!("user {}", n / 40)));
        assert_eq!(ask(&house, &message, &[]).await.code, status::SUCCESSFUL_OK);
    }
    let all: Vec<i32> = (1..=450).collect();
    for wanted in [&["job-id", "job-state"][..], &["all"]] {
        let mut message = request(op::GET_JOBS, None);
        let words = wanted.iter().map(|w| Value::keyword(w)).collect();
        message.groups[0].push_all("requested-attributes", words);
        let answer = ask(&house, &message, &[]).await;
        assert_eq!(answer.code, status::SUCCESSFUL_OK);
        assert_eq!(numbers(&answer), all);
        message.groups[0].push("limit", Value::Integer(300));
        message.groups[0].push("first-index", Value::Integer(101));
        assert_eq!(numbers(&ask(&house, &message, &[]).await), all[100..400]);
    }
    let mut newest = request(op::GET_JOBS, None);
    newest.groups[0].push("which-jobs", Value::keyword("all"));
    let reversed: Vec<i32> = all.iter().rev().copied().collect();
    assert_eq!(numbers(&ask(&house, &newest, &[]).await), reversed);
    let mut some = request(op::GET_JOBS, None);
    let named = [7, 449, 3, 1_000].map(Value::Integer).to_vec();
    some.groups[0].push_all("job-ids", named);
    assert_eq!(numbers(&ask(&house, &some, &[]).await), [3, 7, 449]);
    house.close().await;
}
